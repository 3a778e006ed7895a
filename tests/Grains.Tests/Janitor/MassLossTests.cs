using ExecutionGrains.Testing;

namespace ExecutionGrains.Grains.Tests.Janitor;

/// <summary>A broken load balancer does not mean a thousand dead workers. The share is computed from what the rules would mark lost.</summary>
public sealed class MassLossTests : IDisposable
{
    private readonly World _w = new();

    public void Dispose() => _w.Dispose();

    [Theory]
    [InlineData(99, 0, false)]
    [InlineData(60, 60, false)]
    [InlineData(61, 60, true)]
    public async Task More_than_the_share_of_at_least_100_live_executions_is_a_mass_loss(int silent, int heard, bool impends)
    {
        await LiveAsync(silent, heard);
        Assert.Equal(impends, await MassLoss(0.5).Impends(_w.Now));
    }

    [Fact]
    public async Task An_outage_of_the_tracker_is_not_a_mass_loss()
    {
        await LiveAsync(120, 0, silence: 50);
        _w.Clock.Advance(TimeSpan.FromSeconds(30));
        await _w.Liveness.BeatAsync(CancellationToken.None);
        Assert.Single(_w.Liveness.Outages);
        Assert.False(await MassLoss(0.5).Impends(_w.Now));
    }

    [Fact]
    public async Task A_detected_mass_loss_is_cached_for_half_a_period_and_its_absence_is_not()
    {
        await LiveAsync(120, 0);
        _w.Mishaps.Plan(null, Mishap.FailsBefore);
        var massLoss = MassLoss(0.5);
        Assert.True(await massLoss.Impends(_w.Now));
        Assert.True(await massLoss.Impends(_w.Now.AddSeconds(29)));
        Assert.Equal(1, Counts());

        Assert.True(await massLoss.Impends(_w.Now.AddSeconds(30)));
        Assert.Equal(2, Counts());

        var calm = MassLoss(1);
        Assert.False(await calm.Impends(_w.Now));
        Assert.False(await calm.Impends(_w.Now));
        Assert.Equal(4, Counts());
    }

    private int Counts() => _w.Mishaps.Calls.Count(call => call == "count due");

    private MassLoss MassLoss(double hold) => new(_w.Faults, _w.Services, new() { MassLossHold = hold });

    /// <summary>Executions with a last contact this many seconds ago, by default more than lease and grace, and others with a contact just now.</summary>
    private async Task LiveAsync(int silent, int heard, int silence = 72)
    {
        await _w.Liveness.BeatAsync(CancellationToken.None);
        for (var i = 0; i < silent; i++)
        {
            await _w.Running($"silent{i}");
        }

        await _w.Advance(TimeSpan.FromSeconds(silence));
        for (var i = 0; i < heard; i++)
        {
            await _w.Running($"heard{i}");
        }
    }
}
