using ExecutionGrains.Rules;
using ExecutionGrains.Storage;
using ExecutionGrains.Storage.Commits;

namespace ExecutionGrains.Testing;

/// <summary>Wraps a real store and can make its calls fail.</summary>
public sealed class FaultyStore(IExecutionStore inner) : IExecutionStore
{
    /// <summary>The wrapped store, which does not fail.</summary>
    public IExecutionStore Inner => inner;

    /// <summary>Reason for refusing an append; null: it is not refused.</summary>
    public Func<Append, string?> Refuse { get; set; } = _ => null;

    /// <summary>Whether this append fails transiently while the others of its batch succeed.</summary>
    public Func<Append, bool> Miss { get; set; } = _ => false;

    /// <summary>Number of commits to write and then fail, as if the answer got lost.</summary>
    public int AnswersToLose { get; set; }

    /// <summary>Whether every call fails, as if the store is unavailable.</summary>
    public bool Away { get; set; }

    /// <summary>Whether reading back an append's outcome fails.</summary>
    public bool CannotReadBack { get; set; }

    /// <summary>Commits wait for this task.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    /// <summary>Released by each commit before it waits for the gate.</summary>
    public SemaphoreSlim Arrived { get; } = new(0);

    /// <summary>Which call fails. Default none.</summary>
    public Mishaps Mishaps { get; init; } = new();

    /// <summary>Default: as the wrapped store says. Set to false if the test's silo is the only one and must know it.</summary>
    public bool IsShared { get; init; } = inner.IsShared;

    public async Task<IReadOnlyList<AppendOutcome>> CommitAsync(IReadOnlyList<Append> appends, CancellationToken cancel)
    {
        Arrived.Release();
        await Gate;
        Fail(Away);
        return await Mishaps.Call(
            "commit",
            writes: true,
            () => WriteAsync(appends, cancel),
            () => [.. appends.Select(_ => AppendOutcome.VersionMismatch.Instance)],
            () => [.. appends.Select(_ => new AppendOutcome.Refused("the store refused it"))]);
    }

    private async Task<IReadOnlyList<AppendOutcome>> WriteAsync(IReadOnlyList<Append> appends, CancellationToken cancel)
    {
        var outcomes = new AppendOutcome[appends.Count];
        var good = new List<int>();
        for (var i = 0; i < outcomes.Length; i++)
        {
            if (Refuse(appends[i]) is { } reason)
            {
                outcomes[i] = new AppendOutcome.Refused(reason);
            }
            else if (Miss(appends[i]))
            {
                outcomes[i] = new AppendOutcome.Unavailable("it did not get through", Uncertain: false);
            }
            else
            {
                good.Add(i);
            }
        }

        var written = good.Count == 0 ? [] : await inner.CommitAsync(good.ConvertAll(i => appends[i]), cancel);
        for (var i = 0; i < good.Count; i++)
        {
            outcomes[good[i]] = written[i];
        }

        if (AnswersToLose > 0)
        {
            AnswersToLose--;
            throw new StoreException("commit", "the answer got lost", transient: true) { Uncertain = true };
        }

        return outcomes;
    }

    public Task<bool> DeleteAsync(Deletion deletion, CancellationToken cancel)
    {
        Fail(Away);
        return Mishaps.Call("delete", writes: true, () => inner.DeleteAsync(deletion, cancel), conflict: () => false);
    }

    public Task<ExecutionState?> LoadAsync(ExecutionId id, CancellationToken cancel)
    {
        Fail(Away);
        return Mishaps.Call("load", writes: false, () => inner.LoadAsync(id, cancel));
    }

    public Task<IReadOnlyDictionary<ExecutionId, long>> RevisionsAsync(IReadOnlyCollection<ExecutionId> ids, CancellationToken cancel)
    {
        Fail(Away);
        return Mishaps.Call("revisions", writes: false, () => inner.RevisionsAsync(ids, cancel));
    }

    public Task<bool> WasCommittedAsync(ExecutionState state, long sequence, long commitId, CancellationToken cancel)
    {
        Fail(Away || CannotReadBack);
        return Mishaps.Call("read back", writes: false, () => inner.WasCommittedAsync(state, sequence, commitId, cancel));
    }

    public Task<IReadOnlyList<DueExecution>> DueAsync(int bucket, DateTimeOffset now, DueExecution? after, int limit, CancellationToken cancel) =>
        Mishaps.Call("due", writes: false, () => inner.DueAsync(bucket, now, after, limit, cancel));

    public Task<(long Live, long Due)> CountDueAsync(DateTimeOffset now, CancellationToken cancel) =>
        Mishaps.Call("count due", writes: false, () => inner.CountDueAsync(now, cancel));

    private static void Fail(bool away)
    {
        if (away)
        {
            throw new StoreException("be reached", "it is away", transient: true);
        }
    }
}
