using ExecutionGrains.Silo.Hosting;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace ExecutionGrains.Silo.Tests;

public sealed class OptionsReadingTests
{
    [Fact]
    public void Nothing_said_gives_the_defaults() => Assert.Equal(new SiloOptions(), Read());

    [Fact]
    public void All_errors_are_told_at_once_with_key_bound_and_value()
    {
        var failure = Assert.Throws<StartException>(() => Read(
            ("Janitor:Period", "00:00:00.5"), ("Store:Provider", "oracle"), ("Auth:BootstrapKey", "too-short"), ("Janitor:MassLossHold", "2")));

        Assert.Contains("ExecutionGrains__Janitor__Period must be a time as hh:mm:ss, from 00:00:01 to 01:00:00, was 00:00:00.5", failure.Message, StringComparison.Ordinal);
        Assert.Contains("ExecutionGrains__Store__Provider must be one of sqlite, postgres, was oracle", failure.Message, StringComparison.Ordinal);
        Assert.Contains("ExecutionGrains__Auth__BootstrapKey", failure.Message, StringComparison.Ordinal);
        Assert.Contains("ExecutionGrains__Janitor__MassLossHold must be a share from 0 to 1, was 2", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("too-short", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("24:00:00", 24)]
    [InlineData("48:30:00", 48.5)]
    [InlineData("1.00:00:00", 24)]
    [InlineData("8760:00:00", 8_760)]
    [InlineData("23:59:59.5", 86_399.5 / 3_600)]
    public void A_time_is_hours_minutes_and_seconds_however_many_hours(string text, double hours) =>
        Assert.Equal(TimeSpan.FromHours(hours), Read(("Auth:TokenLifetime", text)).TokenLifetime);

    [Theory]
    [InlineData("24")]
    [InlineData("24:00")]
    [InlineData("00:60:00")]
    [InlineData("-01:00:00")]
    [InlineData("8760:00:01")]
    [InlineData("99999999999:00:00")]
    [InlineData("tomorrow")]
    public void What_could_be_days_as_well_as_hours_is_no_time(string text) =>
        Assert.Contains($"ExecutionGrains__Auth__TokenLifetime must be a time as hh:mm:ss, from 00:00:01 to 8760:00:00, was {text}", Assert.Throws<StartException>(() => Read(("Auth:TokenLifetime", text))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(" ; ")]
    [InlineData("localhost:5080")]
    [InlineData("ftp://localhost")]
    public void An_address_must_be_said_in_full(string urls)
    {
        var failure = Assert.Throws<StartException>(() => Read(("Urls", urls)));

        Assert.Equal($"ExecutionGrains__Urls must be http:// or https:// addresses, separated by semicolons, was {urls}", failure.Message);
    }

    [Theory]
    [InlineData("http://localhost:5080", true)]
    [InlineData("http://127.0.0.1:0;http://[::1]:0", true)]
    [InlineData("http://0.0.0.0:5080", false)]
    [InlineData("http://localhost:1;http://*:2", false)]
    [InlineData("http://example.org:80", false)]
    [InlineData("http://localhost.example.org:80", false)]
    [InlineData("http://127.0.0.1.example.org:80", false)]
    [InlineData("http://unix:/tmp/silo.sock", false)]
    public void Loopback_is_what_only_this_machine_reaches(string urls, bool expected) => Assert.Equal(expected, Listening.IsLoopback(urls));

    private static SiloOptions Read(params (string Key, string Value)[] said) => OptionsReading.Read(
        new ConfigurationBuilder().AddInMemoryCollection(said.Select(s => KeyValuePair.Create("ExecutionGrains:" + s.Key, (string?)s.Value))).Build());
}
