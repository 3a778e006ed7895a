using System.Text;
using ExecutionGrains.GrainInterfaces;
using ExecutionGrains.Simulation;
using ExecutionGrains.Storage;
using ExecutionGrains.Testing;

namespace ExecutionGrains.Grains.Tests.Janitor;

/// <summary>One bucket's sweep: it proposes due executions in pages, and the executions decide.</summary>
public sealed class JanitorSweepTests : IDisposable
{
    private readonly World _w = new();
    private readonly Dictionary<string, ExecutionActor> _actors = [];
    private readonly List<string> _judged = [];
    private JanitorSettings _settings = new() { Concurrency = 2 };

    public void Dispose() => _w.Dispose();

    [Fact]
    public async Task All_due_executions_of_the_bucket_are_judged_in_pages_and_none_of_another_bucket()
    {
        await SilentAsync(5);
        var reports = await SweepAsync();
        Assert.Equal((5, 5, false, false), (reports.Found, reports.Acted, reports.Paused, reports.Held));
        Assert.Equal(5, _judged.Distinct().Count());
        Assert.All(_actors.Keys, id => Assert.Equal(ExecutionStatus.Lost, _w.State(id).Status));
        Assert.Equal((0, 0), ((await SweepAsync()).Found, (await SweepAsync(bucket: 1)).Found));
    }

    [Fact]
    public async Task A_paused_janitor_judges_nothing()
    {
        await SilentAsync(1);
        _w.Stored.Memory.WriteSetting(JanitorSettings.PausedSetting, "1"u8.ToArray());
        Assert.Equal((0, true), ((await SweepAsync()).Found, (await SweepAsync()).Paused));
        Assert.Empty(_judged);
    }

    [Fact]
    public async Task An_unreachable_execution_delays_no_other_and_is_called_again_by_the_next_sweep()
    {
        await SilentAsync(3);
        var away = _actors.Keys.First();
        var report = await SweepAsync(unreachable: away);
        Assert.Equal((3, 2), (report.Found, report.Acted));
        Assert.Equal((1, 1), ((report = await SweepAsync()).Found, report.Acted));
    }

    [Fact]
    public async Task A_sweep_writes_a_heartbeat_first_and_fails_if_the_store_is_unavailable()
    {
        await SilentAsync(1);
        _w.Mishaps.Plan(1, Mishap.FailsBefore);
        await Assert.ThrowsAsync<StoreException>(() => SweepAsync());
        Assert.Equal("alive", _w.Mishaps.Calls[0]);
        Assert.Empty(_judged);
    }

    [Fact]
    public async Task S47_More_than_the_share_at_once_is_held_until_an_operator_releases_it_and_then_again()
    {
        _settings = _settings with { MassLossHold = 0.5 };
        await SilentAsync(120);
        var held = await SweepAsync();
        Assert.Equal((true, 0, "1"), (held.Held, held.Found, Hold()));

        _w.Stored.Memory.WriteSetting(JanitorSettings.HoldSetting, Encoding.UTF8.GetBytes(JanitorSettings.Released));
        var released = await SweepAsync();
        Assert.Equal((false, 120, "released"), (released.Held, released.Acted, Hold()));

        await SweepAsync();
        Assert.Equal("0", Hold());
    }

    /// <summary>Running executions of bucket 0 whose leases have expired.</summary>
    private async Task SilentAsync(int count)
    {
        await _w.Liveness.BeatAsync(CancellationToken.None);
        for (var i = 0; _actors.Count < count; i++)
        {
            if (MemoryStore.Bucket($"x{i}") == 0)
            {
                _actors[$"x{i}"] = await _w.Running($"x{i}");
            }
        }

        await _w.Advance(TimeSpan.FromSeconds(72));
    }

    private Task<SweepReport> SweepAsync(int bucket = 0, string? unreachable = null)
    {
        var massLoss = new MassLoss(_w.Faults, _w.Services, _settings);
        return new JanitorSweep(bucket, _w.Faults, _w.Operations, _w.Services, _settings, massLoss, JudgeAsync(unreachable)).RunAsync();
    }

    private Func<ExecutionId, Task<bool>> JudgeAsync(string? unreachable) => async id =>
    {
        lock (_judged)
        {
            _judged.Add(id.Value);
        }

        return id.Value == unreachable ? throw new TimeoutException("its silo died") : await _w.Call(_actors[id.Value].JudgeAsync);
    };

    private string Hold() => Encoding.UTF8.GetString(_w.Stored.Memory.Setting(JanitorSettings.HoldSetting, () => []));
}
