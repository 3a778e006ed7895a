using System.Text;
using ExecutionGrains.Storage;
using ExecutionGrains.Testing;

namespace ExecutionGrains.Grains.Tests.Liveness;

/// <summary>S50 for silos that start on one restored store at the same time. The scenarios test whole restores.</summary>
public sealed class RestoreFenceTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly World _w = new();

    public void Dispose() => _w.Dispose();

    [Fact]
    public async Task A_store_that_is_not_marked_as_restored_is_not_changed()
    {
        await _w.Running();
        var before = _w.State();
        Assert.Equal(1, await Fence().EpochMinAsync(None));
        Assert.Equal(0, await Fence().RunAsync(new(), None));
        Assert.Equal(before, _w.State());
        Assert.Empty(_w.Stored.Memory.Audit);
    }

    [Fact]
    public async Task Unfinished_executions_continue_in_an_epoch_above_all_earlier_ones_and_the_mark_is_removed()
    {
        var running = await _w.Running("running");
        await _w.Create(_w.Actor("pending"));
        await _w.Report(await _w.Running("ended"), World.End());
        await MarkAsync();

        Assert.Equal(2, await FenceAsync());

        Assert.Equal(
            [(ExecutionStatus.Succeeded, 1), (ExecutionStatus.Pending, 60), (ExecutionStatus.Pending, 60)],
            new[] { "ended", "pending", "running" }.Select(id => (_w.State(id).Status, _w.State(id).Epoch)));
        Assert.False(_w.Stored.Memory.IsMarked);
        Assert.Equal("restored from a backup: 2 executions fenced off, epochs from 60", Assert.Single(_w.Stored.Memory.Audit).Reason);
        Assert.Equal(Code.StaleEpoch, (await _w.Report(running, World.End())).Results[0].Code);
        Assert.Equal(60, await Fence().EpochMinAsync(None));
    }

    [Fact]
    public async Task A_second_restore_opens_epochs_above_those_of_the_first()
    {
        await MarkAsync();
        await FenceAsync();
        _w.Stored.Memory.MarkRestored();
        Assert.Equal(61, await Fence().EpochMinAsync(None));
    }

    [Fact]
    public async Task If_the_store_refuses_to_fence_an_execution_the_mark_stays_and_the_next_start_continues_with_the_same_epoch()
    {
        await _w.Running("a");
        await _w.Running("b");
        await MarkAsync();
        _w.Faults.Refuse = append => append.State.Id.Value == "a" ? "the disk broke" : null;
        var failure = await Assert.ThrowsAsync<StoreException>(FenceAsync);
        Assert.Equal(("fence execution a", "the disk broke", false), (failure.Operation, failure.Reason, failure.Transient));
        Assert.True(_w.Stored.Memory.IsMarked);

        _w.Faults.Refuse = _ => null;
        _w.Clock.Advance(TimeSpan.FromMinutes(5));
        await FenceAsync();

        Assert.Equal((60, 60), (_w.State("a").Epoch, _w.State("b").Epoch));
        Assert.Single(_w.Rows("b").History, h => h.Row.Type == "tracker.restored");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task S50_A_silo_that_starts_slowly_while_another_one_fences_opens_no_earlier_epoch(int slow)
    {
        await _w.Running();
        await MarkAsync();
        _w.Mishaps.Plan(slow, Mishap.HangsAndSucceeds);
        var other = Fence().EpochMinAsync(None);
        await _w.Mishaps.Hung;

        await FenceAsync();
        _w.Mishaps.Release();

        Assert.Equal(_w.State().Epoch, await other);
    }

    /// <param name="slow">The read of the mark to delay: before the executions are listed, or after they were loaded.</param>
    [Theory]
    [InlineData(5)]
    [InlineData(7)]
    public async Task S50_A_silo_that_fences_slowly_does_not_fence_executions_that_another_one_serves(int slow)
    {
        await _w.Running();
        await MarkAsync();
        _w.Mishaps.Plan(slow, Mishap.AnswersLate);
        var late = FenceAsync();
        await _w.Mishaps.Hung;
        Assert.Equal("read restored", _w.Mishaps.Calls[^1]);

        await FenceAsync();
        var served = await _w.Running("y");
        _w.Mishaps.Release();
        await late;

        Assert.Equal((60, 1), (_w.State().Epoch, _w.State("y").Epoch));
        Assert.Equal(Result.Applied, (await _w.Report(served, World.End())).Results[0].Result);
        Assert.Single(_w.Stored.Memory.Audit);
    }

    [Fact]
    public async Task An_execution_that_another_silo_fences_meanwhile_is_fenced_once()
    {
        await _w.Running();
        await MarkAsync();
        _w.Mishaps.Plan(8, Mishap.Conflicts);

        Assert.Equal(1, await FenceAsync());

        Assert.Equal(2, _w.Mishaps.Calls.Count(call => call == "commit"));
        Assert.Single(_w.Rows().History, h => h.Row.Type == "tracker.restored");
    }

    /// <summary>One minute after the earlier store began.</summary>
    private async Task MarkAsync()
    {
        await _w.Advance(TimeSpan.FromSeconds(60));
        _w.Stored.Memory.WriteSetting(RestoreMark.Setting, Encoding.ASCII.GetBytes(RestoreMark.New()));
    }

    private RestoreFence Fence() => new(_w.Faults, _w.Stored, _w.Operations, _w.TrackerClock, _w.Log);

    /// <summary>Runs the fence as a starting silo does.</summary>
    private async Task<int> FenceAsync() => await Fence().RunAsync(new() { EpochMin = await Fence().EpochMinAsync(None) }, None);
}
