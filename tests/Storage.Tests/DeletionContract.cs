using ExecutionGrains.Rules;
using ExecutionGrains.Storage.Auditing;
using ExecutionGrains.Storage.Commits;
using ExecutionGrains.Storage.Pages;
using Xunit;
using static ExecutionGrains.Storage.Tests.Make;

namespace ExecutionGrains.Storage.Tests;

/// <summary>The deletion of an execution that has more rows than one transaction deletes, on every store.</summary>
public abstract class DeletionContract : IAsyncLifetime
{
    /// <summary>Rows of each table that a transaction deletes.</summary>
    protected const int Batch = 4;

    private const int Rows = 25;

    private static readonly CancellationToken None = CancellationToken.None;

    protected abstract IExecutionStore Store { get; }

    protected abstract IExecutionReads Reads { get; }

    protected abstract IOperationsStore Operations { get; }

    public abstract ValueTask InitializeAsync();

    public abstract ValueTask DisposeAsync();

    protected abstract Task<long> CountAsync(string table);

    protected abstract Task ReopenAsync();

    [Fact]
    public async Task A_large_execution_is_gone_at_once_and_its_rows_are_deleted_in_batches_that_continue_after_a_restart()
    {
        var (neighbour, large) = (await LargeAsync("a"), await LargeAsync("b"));

        Assert.True(await Store.DeleteAsync(Deleted(large), None));

        await GoneAsync(large);
        Assert.Equal(1, await CountAsync("deletions"));
        Assert.All(await CountsAsync(), count => Assert.InRange(count, Rows + 1, (2 * Rows) - 1));
        Assert.Equal("delete", Assert.Single((await Operations.AuditAsync(AuditFilter.All, 10, null, None)).Items).Action);
        await ReopenAsync();
        await GoneAsync(large);
        // The next execution must not be taken for the deleted one.
        var next = await LargeAsync("c");

        await Operations.FinishDeletionsAsync(None);

        Assert.Equal(0, await CountAsync("deletions"));
        Assert.All(await CountsAsync(), count => Assert.Equal(2 * Rows, count));
        await WholeAsync(neighbour);
        await WholeAsync(next);
        await ReopenAsync();
        // Its events and steps are new ones, though their ids are those of the deleted execution.
        await WholeAsync(await LargeAsync("d"));
    }

    [Fact]
    public async Task A_small_execution_leaves_nothing_behind()
    {
        var state = State("a");
        await CommitAsync(First(state, History(1, "e1"), new Effect.Step(Step("s1", 1), true), Line(1)));

        Assert.True(await Store.DeleteAsync(Deleted(state), None));

        Assert.Equal(0, await CountAsync("deletions"));
        Assert.All(await CountsAsync(), count => Assert.Equal(0, count));
    }

    [Fact]
    public async Task Commits_continue_between_the_batches_and_several_silos_may_delete_at_once()
    {
        var states = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => LargeAsync($"gone-{i}")));
        var kept = await LargeAsync("kept");
        foreach (var state in states)
        {
            Assert.True(await Store.DeleteAsync(Deleted(state), None));
        }

        var deleting = Enumerable.Range(0, 3).Select(_ => Task.Run(() => Operations.FinishDeletionsAsync(None))).ToArray();
        for (var i = 1; i <= 10; i++)
        {
            await CommitAsync(Next(kept with { Revision = i }, History(Rows + i, $"more-{i}")));
        }

        await Task.WhenAll(deleting);
        await Operations.FinishDeletionsAsync(None);
        Assert.Equal(0, await CountAsync("deletions"));
        Assert.Equal<IEnumerable<long>>([Rows + 10, Rows, Rows], await CountsAsync());
    }

    private static Deletion Deleted(ExecutionState state) => new(
        state,
        System.Security.Cryptography.MD5.HashData(System.Text.Encoding.UTF8.GetBytes(state.Id.Value)),
        T0.AddDays(1),
        new AuditRow(T0, "ann", "delete", state.Id.Value, state.Namespace, null));

    private static Effect.Log Line(int i) => new(i, $"l{i}", T0, T0, 1, Severity.Info, null, null, $"line {i}");

    private async Task<ExecutionState> LargeAsync(string id)
    {
        var state = State(id);
        await CommitAsync(First(state, [.. Enumerable.Range(1, Rows).SelectMany(i => new Effect[]
        {
            // Every other row of history has no event id.
            i % 2 == 0 ? History(i) : History(i, $"e{i}"),
            new Effect.Step(Step($"s{i}", i), true),
            Line(i),
        })]));
        return state;
    }

    private async Task CommitAsync(Append append) => Assert.IsType<AppendOutcome.Committed>(Assert.Single(await Store.CommitAsync([append], None)));

    private async Task<long[]> CountsAsync() => [await CountAsync("history"), await CountAsync("steps"), await CountAsync("logs")];

    private async Task GoneAsync(ExecutionState state)
    {
        Assert.Null(await Store.LoadAsync(state.Id, None));
        Assert.False(await Store.DeleteAsync(Deleted(state), None));
        Assert.DoesNotContain((await Reads.ListAsync(new(), 100, null, None)).Items, item => item.Id == state.Id);
        Assert.IsType<AppendOutcome.VersionMismatch>(Assert.Single(await Store.CommitAsync([Next(state, History(Rows + 1, "late"))], None)));
    }

    private async Task WholeAsync(ExecutionState state)
    {
        Assert.Equal(Rows, (await Reads.HistoryAsync(state, newestFirst: false, 100, null, None)).Items.Count);
        Assert.Equal(Rows, (await Reads.StepsAsync(state, StepFilter.All, 100, null, None)).Items.Count);
        Assert.Equal(Rows, (await Reads.LogsAsync(state, LogFilter.All, 100, null, None)).Items.Count);
    }
}
