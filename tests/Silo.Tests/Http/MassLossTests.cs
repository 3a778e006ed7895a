using System.Text.Json;
using Xunit;

namespace ExecutionGrains.Silo.Tests.Http;

/// <summary>S47 as an operator lives it. In real time, with the shortest leases and sweeps there are.</summary>
public sealed class MassLossTests(MassLossTests.Holding silo) : IClassFixture<MassLossTests.Holding>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task S47_A_janitor_that_holds_goes_on_when_an_operator_says_so_and_holds_again_the_next_time()
    {
        foreach (var round in new[] { 120, 240 })
        {
            (await silo.Post("/v1/janitor/pause", "{}")).Is(200);
            var last = "";
            for (var i = 0; i < 120; i++)
            {
                (last, _) = await silo.Running(""","heartbeatTimeoutSeconds":1""");
            }

            // All of them due before the first sweep.
            await Until($"/v1/executions/{last}", e => e.GetProperty("leaseExpiresAt").GetDateTimeOffset() < DateTimeOffset.UtcNow.AddSeconds(-1));
            (await silo.Post("/v1/janitor/resume", "{}")).Is(200);
            await Until("/v1/cluster", cluster => cluster.GetProperty("janitor").GetProperty("held").GetBoolean());
            Assert.Equal(round - 120, await Lost());

            (await silo.Post("/v1/janitor/resume", "{}")).Is(200);
            await Until("/v1/stats?window=1h", stats => LostIn(stats) == round);
            await Until("/v1/cluster", cluster => !cluster.GetProperty("janitor").GetProperty("held").GetBoolean());
        }
    }

    private async Task<int> Lost() => LostIn((await silo.Get("/v1/stats?window=1h")).Is(200).Body);

    private static int LostIn(JsonElement stats) => stats.GetProperty("byStatus").TryGetProperty("lost", out var lost) ? lost.GetInt32() : 0;

    /// <summary>Asks until the answer is as wanted: the sweeps are the silo's own.</summary>
    private async Task Until(string path, Func<JsonElement, bool> holds)
    {
        using var late = new CancellationTokenSource(Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!holds((await silo.Get(path)).Is(200).Body))
        {
            await timer.WaitForNextTickAsync(late.Token);
        }
    }

    /// <summary>A silo whose janitor holds at a half.</summary>
    public sealed class Holding : SiloFixture
    {
        protected override IEnumerable<string> Settings =>
            ["--ExecutionGrains:Janitor:MassLossHold=0.5", "--ExecutionGrains:Janitor:Period=00:00:01", "--ExecutionGrains:Janitor:Grace=00:00:01"];
    }
}
