using System.Globalization;
using System.Security;
using System.Text;
using ExecutionGrains.Hosting.Parsing;

namespace ExecutionGrains.Bench;

/// <summary>
/// Renders docs/benchmarks.svg: one bar per row and store, as long as the ratio by which its budget is met. The line at 1 is the budget.
/// </summary>
internal static class BenchmarkChart
{
    private const int Width = 1_080;
    private const int LabelWidth = 400;
    private const int ValueWidth = 210;
    private const int Top = 104;
    private const int BarHeight = 15;
    private const int BarGap = 3;
    private const int GroupGap = 15;
    private const double Least = 0.25;
    private const double Most = 64;

    private const string Ink = "#1f2933";
    private const string Faint = "#6b7785";
    private const string Grid = "#e3e7eb";
    private const string Missed = "#c2410c";

    private static readonly Dictionary<string, string> Colours = new(StringComparer.Ordinal)
    {
        ["PostgreSQL"] = "#2f5d8a",
        ["SQLite"] = "#4f9d8f",
        ["–"] = "#8b95a1",
    };

    public static string Of(RunInfo run, IReadOnlyList<Measurement> rows)
    {
        var groups = rows.Where(r => r.Margin is not null)
            .OrderBy(r => r.Row).ThenBy(r => r.Number, StringComparer.Ordinal).GroupBy(r => r.Number, StringComparer.Ordinal).ToArray();
        var bars = new StringBuilder();
        var y = Top;
        foreach (var group in groups)
        {
            y += Group(bars, group.Key, [.. group], y) + GroupGap;
        }

        var (bottom, height) = (y - GroupGap + 8, y + 50);
        var text = new StringBuilder();
        text.Append(
            CultureInfo.InvariantCulture,
            $"""<svg xmlns="http://www.w3.org/2000/svg" width="{Width}" height="{height}" viewBox="0 0 {Width} {height}" """
            + $"""font-family="system-ui, 'DejaVu Sans', sans-serif" font-size="12" role="img">""");
        text.Append("\n<title>Every row against its budget</title>\n");
        text.Append(CultureInfo.InvariantCulture, $"""<rect width="{Width}" height="{height}" fill="#ffffff"/>""").Append('\n');
        Text(text, 24, 34, "Ratio by which each budget is met", Ink, "font-size=\"18\" font-weight=\"600\"");
        Text(
            text,
            24,
            56,
            $"{run.Date}, {Environment.ProcessorCount} cores. Right of the line the budget is met. Logarithmic; row numbers as in the table.",
            Faint);
        Legend(text);
        Axis(text, bottom);
        return text.Append(bars).Append("</svg>\n").ToString();
    }

    private static int Group(StringBuilder text, string number, Measurement[] rows, int y)
    {
        var height = (rows.Length * (BarHeight + BarGap)) - BarGap;
        var lines = Lines($"{number}. {rows[0].What}");
        var first = y + (height / 2.0) + 4 - ((lines.Count - 1) * 7);
        foreach (var (line, i) in lines.Select((line, i) => (line, i)))
        {
            Text(text, LabelWidth - 12, first + (i * 14), line, Ink, "text-anchor=\"end\"");
        }

        foreach (var (row, i) in rows.Select((row, i) => (row, i)))
        {
            Bar(text, row, y + (i * (BarHeight + BarGap)));
        }

        return Math.Max(height, lines.Count * 14);
    }

    private static void Bar(StringBuilder text, Measurement row, int y)
    {
        var margin = row.Margin!.Value;
        var (from, to) = (X(Least), X(margin));
        text.Append(
            CultureInfo.InvariantCulture,
            $"""<rect x="{from:0.#}" y="{y}" width="{Math.Max(to - from, 1):0.#}" height="{BarHeight}" rx="2" fill="{Colours[row.Store]}"/>""").Append('\n');
        // Mark a bar that is longer than the axis.
        var beyond = margin > Most ? " →" : string.Empty;
        var said = $"{row.Shown.Split(" (")[0]}{beyond}";
        var budget = $", budget {row.Budget!.ToString().Split(" (")[0]}";
        text.Append(
            CultureInfo.InvariantCulture,
            $"""<text x="{Math.Max(to, X(1)) + 6:0.#}" y="{y + 12}" fill="{(margin >= 1 ? Ink : Missed)}" font-weight="{(margin >= 1 ? 400 : 700)}">"""
            + $"""{SecurityElement.Escape(margin >= 1 ? said : said + " missed")}"""
            + $"""<tspan fill="{Faint}" font-weight="400">{SecurityElement.Escape(budget)}</tspan></text>""").Append('\n');
    }

    private static void Legend(StringBuilder text)
    {
        var x = 24;
        foreach (var (name, colour) in new[] { ("PostgreSQL", Colours["PostgreSQL"]), ("SQLite", Colours["SQLite"]), ("no store involved", Colours["–"]) })
        {
            text.Append(CultureInfo.InvariantCulture, $"""<rect x="{x}" y="70" width="12" height="12" rx="2" fill="{colour}"/>""").Append('\n');
            Text(text, x + 18, 80, name, Ink);
            x += 40 + (name.Length * 7);
        }
    }

    private static void Axis(StringBuilder text, int bottom)
    {
        for (var tick = Least; tick <= Most; tick *= 2)
        {
            var isBudget = tick == 1;
            text.Append(
                CultureInfo.InvariantCulture,
                $"""<line x1="{X(tick):0.#}" y1="{Top - 8}" x2="{X(tick):0.#}" y2="{bottom}" """
                + $"""stroke="{(isBudget ? Ink : Grid)}" stroke-width="{(isBudget ? 1.5 : 1)}"/>""").Append('\n');
            Text(
                text,
                X(tick),
                bottom + 16,
                isBudget ? "budget" : tick < 1 ? $"1/{1 / tick:0}" : $"{tick:0} ×",
                isBudget ? Ink : Faint,
                $"text-anchor=\"middle\"{(isBudget ? " font-weight=\"600\"" : string.Empty)}");
        }
    }

    private static void Text(StringBuilder text, double x, double y, string said, string colour, string more = "") =>
        text.Append(
            CultureInfo.InvariantCulture, $"""<text x="{x:0.#}" y="{y:0.#}" fill="{colour}" {more}>{SecurityElement.Escape(said)}</text>""").Append('\n');

    private static double X(double margin)
    {
        var share = Math.Log(Math.Clamp(margin, Least, Most) / Least) / Math.Log(Most / Least);
        return LabelWidth + (share * (Width - LabelWidth - ValueWidth));
    }

    /// <summary>Breaks a label into lines between words.</summary>
    private static List<string> Lines(string label)
    {
        const int mostLetters = 60;
        var lines = new List<string> { string.Empty };
        foreach (var word in label.Split(' '))
        {
            if (lines[^1].Length + word.Length > mostLetters)
            {
                lines.Add(string.Empty);
            }

            lines[^1] += lines[^1].Length == 0 ? word : $" {word}";
        }

        return lines;
    }
}
