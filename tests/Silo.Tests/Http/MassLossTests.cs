using Xunit;

namespace ExecutionGrains.Silo.Tests.Http;

/// <summary>S47 as an operator experiences it.</summary>
public sealed class MassLossTests(MassLossTests.Holding silo) : IClassFixture<MassLossTests.Holding>
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(72);

    [Fact]
    public async Task S47_A_janitor_that_holds_continues_on_resume_and_holds_again_the_next_time()
    {
        foreach (var lostBefore in new[] { 0, 120 })
        {
            for (var i = 0; i < 120; i++)
            {
                await silo.Running();
            }

            await silo.PassAsync(Silence);
            Assert.Equal((true, lostBefore), (await Held(), await Lost()));

            (await silo.Post("/v1/janitor/resume", "{}")).Is(200);
            await silo.PassAsync(Silence);
            // The next sweep no longer detects a mass loss (a detection is valid for half a period), which ends the effect of the operator's resume. Orleans's
            // reminders do not follow this clock, so PassAsync sweeps.
            await silo.PassAsync(TimeSpan.FromMinutes(1));
            Assert.Equal((false, lostBefore + 120), (await Held(), await Lost()));
        }
    }

    private async Task<bool> Held() => (await silo.Get("/v1/cluster")).Is(200)["janitor"].GetProperty("held").GetBoolean();

    private async Task<int> Lost() => (await silo.Get("/v1/stats?window=24h")).Is(200)["byStatus"].TryGetProperty("lost", out var lost) ? lost.GetInt32() : 0;

    /// <summary>A silo whose janitor holds at a share of one half.</summary>
    public sealed class Holding : ClockedSilo
    {
        protected override IEnumerable<string> Settings => ["--ExecutionGrains:Janitor:MassLossHold=0.5"];
    }
}
