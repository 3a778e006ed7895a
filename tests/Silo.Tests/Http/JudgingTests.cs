using System.Text.Json;
using ExecutionGrains.Grains;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ExecutionGrains.Silo.Tests.Http;

/// <summary>What an admin sees who looks for the reason why no execution is marked lost at present.</summary>
public sealed class JudgingTests(ClockedSilo silo) : IClassFixture<ClockedSilo>
{
    [Fact]
    public async Task The_cluster_shows_until_when_silence_is_judged_and_the_last_outage()
    {
        await silo.PassAsync(SiloLiveness.Period);
        var lastWord = silo.Clock.GetUtcNow();
        Assert.Equal((lastWord, null), await Told());

        silo.Clock.JumpWallClock(TimeSpan.FromSeconds(50));
        Assert.Equal((null, null), await Told());

        await silo.App.Services.GetRequiredService<SiloLiveness>().BeatAsync(TestContext.Current.CancellationToken);
        var back = silo.Clock.GetUtcNow();
        Assert.Equal((back, (lastWord, back)), await Told());
    }

    private async Task<(DateTimeOffset? Until, (DateTimeOffset From, DateTimeOffset To)? Outage)> Told()
    {
        var janitor = (await silo.Get("/v1/cluster")).Is(200)["janitor"];
        var (until, outage) = (janitor.GetProperty("judgedUntil"), janitor.GetProperty("lastOutage"));
        return (
            until.ValueKind == JsonValueKind.Null ? null : until.GetDateTimeOffset(),
            outage.ValueKind == JsonValueKind.Null ? null : (outage.GetProperty("from").GetDateTimeOffset(), outage.GetProperty("to").GetDateTimeOffset()));
    }
}
