using System.Globalization;

namespace ExecutionGrains.Bench;

/// <summary>The rows, printed as one Markdown table when all are there; progress goes to standard error meanwhile.</summary>
internal sealed class Table
{
    private readonly List<string[]> _rows = [["what", "measured", "against", "ratio", "budget", "met", "load"]];

    /// <summary>The machine's load average over the last minute.</summary>
    public static string Load => File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "?";

    public static void Say(string progress) => Console.Error.WriteLine($"  {DateTime.Now:HH:mm:ss} load {Load}  {progress}");

    /// <param name="met">Whether the budget is kept; null: there is none.</param>
    public void Add(string what, string measured, string against, string ratio, string budget, bool? met)
    {
        _rows.Add([what, measured, against, ratio, budget, met switch { true => "yes", false => "**no**", null => "–" }, Load]);
        Say($"{what}: {measured} against {against}, {ratio} (budget {budget})");
    }

    public void Print()
    {
        var widths = Enumerable.Range(0, _rows[0].Length).Select(c => _rows.Max(r => r[c].Length)).ToArray();
        for (var i = 0; i < _rows.Count; i++)
        {
            Console.WriteLine("| " + string.Join(" | ", _rows[i].Select((cell, c) => cell.PadRight(widths[c]))) + " |");
            if (i == 0)
            {
                Console.WriteLine("|" + string.Join("|", widths.Select(w => new string('-', w + 2))) + "|");
            }
        }
    }

    public static string Rate(double perSecond) => perSecond.ToString("N0", CultureInfo.InvariantCulture) + "/s";
}
