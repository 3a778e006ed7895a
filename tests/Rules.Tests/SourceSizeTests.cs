using ExecutionGrains.Testing;

namespace ExecutionGrains.Rules.Tests;

/// <summary>The limits on source files that no analyzer checks.</summary>
public sealed class SourceSizeTests
{
    private const int LineLengthMax = 160;
    private const int FileLinesMax = 450;

    private static readonly string[] Extensions = [".cs", ".md", ".sql", ".js", ".css", ".html"];

    [Fact]
    public void No_line_is_longer_than_160_characters()
    {
        var tooLong =
            from file in Files("src", "tests", "benchmarks", "samples", "docs")
            where !IsExempt(file)
            from line in File.ReadLines(file).Select((text, i) => (Text: text, Number: i + 1))
            where line.Text.Length > LineLengthMax && !IsTableRow(line.Text)
            select $"{file}:{line.Number}: {line.Text.Length} characters";

        Assert.Empty(tooLong);
    }

    [Fact]
    public void No_file_under_src_has_more_than_450_lines()
    {
        var tooLong =
            from file in Files("src")
            where !file.Contains("/Migrations/", StringComparison.Ordinal)
            let count = File.ReadLines(file).Count()
            where count > FileLinesMax
            select $"{file}: {count} lines";

        Assert.Empty(tooLong);
    }

    private static IEnumerable<string> Files(params string[] folders) =>
        from folder in folders
        from file in Directory.EnumerateFiles(Repository.File(folder), "*", SearchOption.AllDirectories)
        where Extensions.Contains(Path.GetExtension(file)) && !file.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj" or "node_modules")
        select file;

    /// <summary>Migrations are never edited again: databases have run them. <c>./bench</c> writes benchmarks.md. Golden files hold
    /// what the code renders.</summary>
    private static bool IsExempt(string file) =>
        file.Contains("/Migrations/", StringComparison.Ordinal)
        || file.EndsWith("/benchmarks.md", StringComparison.Ordinal)
        || file.Contains("/Golden/", StringComparison.Ordinal);

    /// <summary>A row of a table, in Markdown or in a test.</summary>
    private static bool IsTableRow(string line) => line.Count(c => c == '|') >= 3;
}
