using System.Globalization;
using System.Text;

namespace ExecutionGrains.Bench;

/// <summary>Collects the rows and renders them as one Markdown table. Writes progress to standard error.</summary>
internal sealed class Table
{
    private static readonly string[] Head = ["", "what", "store", "measured", "against", "ratio or value", "budget", "met", "load"];

    private readonly List<Measurement> _rows = [];

    public IReadOnlyList<Measurement> Rows => _rows;

    public static void LogProgress(string progress) => Console.Error.WriteLine($"  {DateTime.Now:HH:mm:ss} load {Machine.Load}  {progress}");

    public void Add(string number, string what, string store, string measured, string against, double value, string shown, Budget? budget)
    {
        var row = new Measurement(number, what, store, measured, against, value, shown, budget, Machine.Load);
        _rows.Add(row);
        LogProgress($"{number}. {what}, {store}: {measured} against {against}, {shown}; budget {budget?.ToString() ?? "–"}, met: {row.Met.Trim('*')}");
    }

    /// <summary>Sorted by row number; lines of the same row are adjacent.</summary>
    public string Markdown()
    {
        var cells = _rows.OrderBy(r => r.Row).ThenBy(r => r.Number, StringComparer.Ordinal).Select(r => new[]
        {
            r.Number, r.What, r.Store, r.Measured, r.Against, r.Shown, r.Budget?.ToString() ?? "–", r.Met, r.Load,
        }).Prepend(Head).ToArray();
        var widths = Enumerable.Range(0, Head.Length).Select(c => cells.Max(row => row[c].Length)).ToArray();
        var text = new StringBuilder();
        foreach (var (row, i) in cells.Select((row, i) => (row, i)))
        {
            text.Append("| ").AppendJoin(" | ", row.Select((cell, c) => cell.PadRight(widths[c]))).Append(" |\n");
            if (i == 0)
            {
                text.Append('|').AppendJoin('|', widths.Select(w => new string('-', w + 2))).Append("|\n");
            }
        }

        return text.ToString();
    }

    public static string Rate(double perSecond) => perSecond.ToString("N0", CultureInfo.InvariantCulture) + "/s";
}
