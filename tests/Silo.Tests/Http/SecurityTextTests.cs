using ExecutionGrains.Hosting.Settings;
using ExecutionGrains.Silo.Configuration;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace ExecutionGrains.Silo.Tests.Http;

/// <summary>RFC 9116: /.well-known/security.txt.</summary>
public sealed class SecurityTextTests(SecurityTextTests.TextSilo text, SiloFixture none) : IClassFixture<SecurityTextTests.TextSilo>, IClassFixture<SiloFixture>
{
    private const string Path = "/.well-known/security.txt";

    [Fact]
    public async Task It_gives_the_contact_for_vulnerabilities_without_a_key()
    {
        var got = await text.Get(Path, key: null);

        Assert.Equal(
            """
            Contact: mailto:security@example.org
            Contact: https://example.org/report?by=x
            Preferred-Languages: en, de
            Policy: https://example.org/policy
            Expires: 2099-12-31T23:00:00Z

            """,
            got.Is(200).Text);
        Assert.Equal("text/plain; charset=utf-8", $"{got.Response.Content.Headers.ContentType}");
        Assert.Equal(304, (await text.Send(HttpMethod.Get, Path, null, null, ("If-None-Match", $"{got.Response.Headers.ETag}"))).Status);
    }

    [Fact]
    public async Task It_does_not_exist_without_its_settings() => (await none.Get(Path, key: null)).IsProblem(404, "not_found");

    [Theory]
    [InlineData("Policy=https://example.org", "ExecutionGrains__SecurityTxt__Contact must be given")]
    [InlineData("Contact=security@example.org;Expires=2099-01-01", "ExecutionGrains__SecurityTxt__Contact must be https:")]
    [InlineData("Contact=http://example.org;Expires=2099-01-01", "ExecutionGrains__SecurityTxt__Contact must be https:")]
    [InlineData("Contact=https://example.org/\nX: y;Expires=2099-01-01", "ExecutionGrains__SecurityTxt__Contact must be https:")]
    [InlineData("Contact=https://example.org", "ExecutionGrains__SecurityTxt__Expires must be a time such as")]
    [InlineData("Contact=https://example.org;Expires=soon", "ExecutionGrains__SecurityTxt__Expires must be a time such as")]
    public void Settings_that_would_make_an_invalid_file_are_refused(string settings, string refusal)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.Split(';').Select(s => s.Split('=', 2))
            .Select(s => KeyValuePair.Create($"ExecutionGrains:SecurityTxt:{s[0]}", (string?)s[1]))).Build();

        Assert.Contains(refusal, Assert.Throws<StartException>(() => ProgramOptionsReader.Read(configuration)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_expired_one_is_a_warning_at_the_start()
    {
        var options = new ProgramOptions { SecurityText = new("", DateTimeOffset.UnixEpoch) };

        Assert.Contains("security.txt has expired", Assert.Single(StartWarnings.Of(options, DateTimeOffset.UnixEpoch)), StringComparison.Ordinal);
        Assert.Empty(StartWarnings.Of(options, DateTimeOffset.UnixEpoch.AddSeconds(-1)));
    }

    public sealed class TextSilo : SiloFixture
    {
        protected override IEnumerable<string> Settings =>
        [
            "--ExecutionGrains:SecurityTxt:Contact=mailto:security@example.org, https://example.org/report?by=x",
            "--ExecutionGrains:SecurityTxt:Expires=2100-01-01T00:00:00+01:00",
            "--ExecutionGrains:SecurityTxt:Policy=https://example.org/policy",
            "--ExecutionGrains:SecurityTxt:PreferredLanguages=en, de",
        ];
    }
}
