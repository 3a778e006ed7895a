using System.Collections.Concurrent;
using ExecutionGrains.Rules;
using ExecutionGrains.Storage;
using ExecutionGrains.Testing;
using static ExecutionGrains.Scenarios.World;

namespace ExecutionGrains.Scenarios;

/// <summary>S50, except for the program, which Silo.Tests covers, and for silos that start at the same time, which Grains.Tests covers.</summary>
public abstract class BackupAndRestore(StoreKind store) : Scenario(store), IDisposable
{
    private const int Executions = 50;
    private static readonly TimeSpan Later = TimeSpan.FromHours(3);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("eg-backup-");

    private string BackupPath => Path.Combine(_folder.FullName, "backup.db");

    public void Dispose()
    {
        _folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task S50_A_backup_under_load_contains_everything_answered_before_it_and_its_restore_fences_every_live_epoch()
    {
        await using var before = await OpenAsync();
        var ids = Enumerable.Range(0, Executions).Select(i => $"x{i}").ToArray();
        await Task.WhenAll(ids.Select(id => before.Create(id, W1)));
        var load = new Load(before, ids);
        await load.Reach(20 * Executions);
        var acknowledged = load.Acknowledged;

        await before.BackUp(BackupPath);

        var during = load.Acknowledged.Count - acknowledged.Count;
        await load.Stop();
        Assert.True(during > 0, "nothing was reported while the backup was taken");
        await using var after = await RestoredAsync(BackupPath, Later);
        foreach (var id in ids)
        {
            var history = await after.History(id);
            Assert.Superset(acknowledged.Where(a => a.Execution == id).Select(a => a.EventId).ToHashSet(), history.Select(h => h.EventId!).ToHashSet());
            var state = await after.State(id);
            Assert.Equal((ExecutionStatus.Pending, (int)Later.TotalSeconds, 0), (state.Status, state.Epoch, state.OpenStepCount));
            Assert.Equal((1, ExecutionStatus.Running), (Assert.Single(state.Epochs).Epoch, state.Epochs[0].Status));
            Assert.Equal("tracker.restored", history[^1].Type);
            await after.HistoryGivesTheState(id);
        }

        Assert.Equal(
            (0, Executions),
            ((await after.Figures()).ByStatus.GetValueOrDefault(ExecutionStatus.Running), (await after.Figures()).ByStatus[ExecutionStatus.Pending]));
        var audit = Assert.Single(await after.Audit());
        Assert.Equal(
            ("restore", $"restored from a backup: {Executions} executions fenced off, epochs from {(int)Later.TotalSeconds}"), (audit.Action, audit.Reason));
    }

    [Fact]
    public async Task S50_Earlier_and_later_workers_never_share_an_epoch_whatever_happened_after_the_backup()
    {
        await using var before = await OpenAsync();
        await before.Create("running", W1);
        await before.Create("claimed");
        await before.On("claimed").Claim(W1, Caller.Local);
        await before.Create("paused", W1);
        await before.Report("paused", new ExecutionEvent.ExecutionPaused());
        await before.Create("pending");
        await before.Create("cancelling", W1);
        await before.Cancel("cancelling");
        await before.Create("failed", W1, new() { Workflow = "import", MaxAttempts = 2 });
        await before.Report("failed", End(Outcome.Fail));
        var failed = await before.State("failed");
        await before.BackUp(BackupPath);
        await before.On("pending").Claim(W1, Caller.Local);
        await before.On("failed").Requeue("again", Caller.Local);
        await before.On("failed").Claim(W1, Caller.Local);

        await using var after = await RestoredAsync(BackupPath, Later);

        Assert.Equivalent(failed, await after.State("failed"), strict: true);
        Assert.Equal((ExecutionStatus.Cancelled, Cause.CancelUnconfirmed), ((await after.State("cancelling")).Status, (await after.State("cancelling")).Cause));
        await after.On("failed").Requeue("again", Caller.Local);
        foreach (var (id, old) in new[] { ("running", 1), ("claimed", 1), ("paused", 1), ("pending", 1), ("failed", 2) })
        {
            var stale = await after.ReportAll(id, old, End());
            Assert.Equal((Code.StaleEpoch, true), (stale.Results[0].Code, stale.Control.Stop));
            var claimed = await after.On(id).Claim(W2, Caller.Local);
            Assert.Equal((Result.Applied, id == "paused" ? 1 : 0), (claimed.Result, claimed.Epoch - (int)Later.TotalSeconds));
            Assert.Equal(Code.StaleEpoch, (await after.Report(id, StepStart("s1"), old)).Code);
            Assert.Equal(Result.Applied, (await after.Report(id, End(), claimed.Epoch)).Result);
            await after.HistoryGivesTheState(id);
        }
    }

    [Fact]
    public async Task S50_A_second_restore_of_a_backup_fences_the_workers_of_the_first()
    {
        await using var before = await OpenAsync();
        await before.Create("x", W1);
        await before.BackUp(BackupPath);
        await using var once = await RestoredAsync(BackupPath, Later);
        var first = await once.On("x").Claim(W1, Caller.Local);

        await using var twice = await RestoredAsync(BackupPath, Later + TimeSpan.FromMinutes(1));

        Assert.Equal(Code.StaleEpoch, (await twice.Report("x", End(), first.Epoch)).Code);
        Assert.True((await twice.On("x").Claim(W2, Caller.Local)).Epoch > first.Epoch);
    }

    [Fact]
    public async Task S50_A_restored_store_is_fenced_once_and_keeps_its_epochs_across_restarts()
    {
        await using var before = await OpenAsync();
        await before.Create("x", W1, new() { Workflow = "import", MaxAttempts = 5 });
        await before.Create("y", W1, new() { Workflow = "import", MaxAttempts = 5 });
        await before.Report("y", End(Outcome.Fail));
        await before.BackUp(BackupPath);
        await using var after = await RestoredAsync(BackupPath, Later);
        var x = await after.State("x");

        await after.Restart(TimeSpan.FromMinutes(5));

        Assert.Equivalent(x, await after.State("x"), strict: true);
        Assert.Single(await after.Audit());
        Assert.Equal((int)Later.TotalSeconds, (await after.On("y").Requeue("again", Caller.Local)).Epoch);
        Assert.Equal(1, (await after.Create("new", W1)).Epoch);
    }

    [Fact]
    public async Task S50_Interrupted_fencing_continues_at_the_next_start_with_the_same_epoch()
    {
        await using var w = await OpenAsync();
        var ids = Enumerable.Range(0, 600).Select(i => $"x{i}").ToArray();
        foreach (var chunk in ids.Chunk(100))
        {
            await Task.WhenAll(chunk.Select(id => w.Create(id, W1)));
            await w.Seconds(1);
        }

        await w.WriteSetting(RestoreMark.Setting, RestoreMark.New());
        w.Faults.Refuse = append => append.State.Id.Value == "x0" ? "the disk broke" : null;
        var failure = await Assert.ThrowsAsync<StoreException>(w.Fence);
        Assert.Equal(("fence execution x0", "the disk broke", 1), (failure.Operation, failure.Reason, (await w.State("x0")).Epoch));
        var first = (await w.State("x599")).Epoch;

        await w.Restart(TimeSpan.FromMinutes(5));

        foreach (var id in ids)
        {
            Assert.Equal(first, (await w.State(id)).Epoch);
            Assert.Single(await w.History(id), h => h.Type == "tracker.restored");
        }

        Assert.Single(await w.Audit());
    }

    /// <summary>One worker per execution that reports steps and logs, one after the other, until told to stop.</summary>
    private sealed class Load
    {
        private readonly ConcurrentQueue<(string Execution, string EventId)> _acknowledged = new();
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _workers;

        public Load(World world, string[] ids) => _workers = Task.WhenAll(ids.Select(id => Task.Run(() => Work(world, id))));

        public IReadOnlyList<(string Execution, string EventId)> Acknowledged => [.. _acknowledged];

        public async Task Reach(int events)
        {
            await Until(() => _acknowledged.Count >= events || _workers.IsFaulted, TimeSpan.FromSeconds(60));
            Assert.True(_acknowledged.Count >= events, "the load did not get going");
        }

        public async Task Stop()
        {
            await _stop.CancelAsync();
            await _workers;
            _stop.Dispose();
        }

        private async Task Work(World world, string id)
        {
            for (var n = 0; !_stop.IsCancellationRequested; n++)
            {
                var eventId = $"{id}-{n}";
                var answer = await world.Report(id, n % 3 == 0 ? StepStart($"s{n}") with { EventId = eventId } : Line("on its way") with { EventId = eventId });
                Assert.Equal(Result.Applied, answer.Result);
                _acknowledged.Enqueue((id, eventId));
            }
        }
    }
}
