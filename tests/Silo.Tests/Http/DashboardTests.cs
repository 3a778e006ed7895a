using System.Text.RegularExpressions;
using Xunit;

namespace ExecutionGrains.Silo.Tests.Http;

public sealed partial class DashboardTests(SiloFixture silo) : IClassFixture<SiloFixture>
{
    [Theory]
    [InlineData("/", "text/html")]
    [InlineData("/?signin=refused", "text/html")]
    [InlineData("/dashboard.css", "text/css")]
    [InlineData("/dashboard.js", "text/javascript")]
    public async Task The_dashboards_files_need_no_key_and_load_nothing_foreign(string path, string type)
    {
        var got = (await silo.Get(path, key: null)).Is(200);

        Assert.Equal(type, got.Response.Content.Headers.ContentType?.MediaType);
        var policy = got.Response.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", got.Response.Headers.GetValues("X-Content-Type-Options").Single());
    }

    [Fact]
    public async Task A_workers_text_is_inserted_as_text()
    {
        var script = (await silo.Get("/dashboard.js", key: null)).Text;

        Assert.DoesNotMatch(@"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", script);
    }

    [Fact]
    public async Task Every_status_has_its_own_colour_and_icon()
    {
        var css = (await silo.Get("/dashboard.css", key: null)).Text;
        var script = (await silo.Get("/dashboard.js", key: null)).Text;
        var words = Enum.GetValues<ExecutionStatus>().Select(s => s.Word()).ToArray();

        Assert.All(words, word => Assert.Contains($".{word} {{ --tone: var(--{word}); }}", css, StringComparison.Ordinal));
        var colours = Colour().Matches(css).ToDictionary(m => m.Groups["name"].Value, m => m.Groups["colour"].Value);
        Assert.Equal(words.Length, words.Select(w => colours[w]).Distinct().Count());
        var signs = words.Select(word => Sign().Matches(script).First(m => m.Groups["name"].Value == word).Groups["sign"].Value);
        Assert.Equal(words.Length, signs.Distinct().Count());
    }

    [Fact]
    public async Task Every_status_of_a_step_has_a_colour_and_an_icon()
    {
        var css = (await silo.Get("/dashboard.css", key: null)).Text;
        var script = (await silo.Get("/dashboard.js", key: null)).Text;

        foreach (var word in Enum.GetValues<StepStatus>().Select(s => s.Word()))
        {
            Assert.Contains($".{word} {{ --tone:", css, StringComparison.Ordinal);
            Assert.Contains($" {word}: '", script, StringComparison.Ordinal);
        }
    }

    [GeneratedRegex(@"--(?<name>[a-z]+): light-dark\((?<colour>[^)]+)\)")]
    private static partial Regex Colour();

    [GeneratedRegex(@"\b(?<name>[a-z]+): '(?<sign>[^a-z'])'")]
    private static partial Regex Sign();
}
