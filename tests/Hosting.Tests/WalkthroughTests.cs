using System.Text.RegularExpressions;
using ExecutionGrains.Testing;
using Xunit;

namespace ExecutionGrains.Hosting.Tests;

/// <summary>docs/walkthrough.md names files, types and members; they must exist.</summary>
public sealed partial class WalkthroughTests
{
    private static readonly string Page = File.ReadAllText(Repository.File("docs/walkthrough.md"));

    private static readonly string[] Sources = [.. Directory
        .EnumerateFiles(Repository.File("src"), "*.cs", SearchOption.AllDirectories)
        .Where(file => !file.Contains("/obj/", StringComparison.Ordinal)).Select(File.ReadAllText)];

    [Fact]
    public void Each_file_that_the_walkthrough_names_exists()
    {
        var named = PathName().Matches(Page).Select(match => match.Groups[1].Value).Distinct().ToArray();

        Assert.True(named.Length > 20, $"Only {named.Length} files are named.");
        Assert.All(named, path => Assert.True(Path.Exists(Repository.File(path)), path));
    }

    [Fact]
    public void Each_type_and_member_that_the_walkthrough_names_exists()
    {
        var named = TypeName().Matches(Page).Select(match => (Type: match.Groups[1].Value, Member: match.Groups[2].Value)).Distinct().ToArray();

        Assert.True(named.Length > 20, $"Only {named.Length} types are named.");
        Assert.All(named, name => Assert.True(Exists(name.Type, name.Member), $"{name.Type}.{name.Member}"));
    }

    private static bool Exists(string type, string member) => Sources.Any(text =>
        Regex.IsMatch(text, $@"\b(class|record|record struct|struct|enum|interface) {type}\b") && Regex.IsMatch(text, $@"\b{member}\b"));

    [GeneratedRegex("`(src/[A-Za-z0-9./]+)`")]
    private static partial Regex PathName();

    [GeneratedRegex(@"`([A-Z][A-Za-z]+)(?:\.([A-Z][A-Za-z]+))?`")]
    private static partial Regex TypeName();
}
