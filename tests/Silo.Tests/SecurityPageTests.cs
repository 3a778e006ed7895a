using System.Text.RegularExpressions;
using ExecutionGrains.Testing;
using Xunit;

namespace ExecutionGrains.Silo.Tests;

/// <summary>docs/security.md names the tests that prove it; they must exist.</summary>
public sealed partial class SecurityPageTests
{
    [Fact]
    public void Every_test_that_the_security_page_names_exists()
    {
        var named = TestName().Matches(File.ReadAllText(Repository.File("docs/security.md"))).Select(match => match.Groups[1].Value).ToHashSet();
        Assert.True(named.Count > 20, $"Only {named.Count} tests are named.");
        foreach (var file in Directory.EnumerateFiles(Repository.File("tests"), "*.cs", SearchOption.AllDirectories))
        {
            var text = File.ReadAllText(file);
            named.RemoveWhere(name => text.Contains($" {name}(", StringComparison.Ordinal));
        }

        Assert.Empty(named);
    }

    [GeneratedRegex("`([A-Z][A-Za-z0-9]*(?:_[A-Za-z0-9]+){3,})`")]
    private static partial Regex TestName();
}
