using ExecutionGrains.Rules;
using ExecutionGrains.Storage;
using ExecutionGrains.Storage.Commits;
using ExecutionGrains.Testing;

namespace ExecutionGrains.Grains.Tests.Liveness;

/// <summary>Reads of stored revisions: one query at a time, for all ids that were requested while the previous query ran.</summary>
public sealed class RevisionReadsTests
{
    private readonly InMemory _stored = new(isShared: true);
    private readonly Mishaps _mishaps = new();
    private readonly FaultyStore _store;
    private readonly RevisionReads _reads = new();

    public RevisionReadsTests()
    {
        _store = new(_stored) { Mishaps = _mishaps };
        foreach (var id in new[] { "a", "b" })
        {
            var state = new ExecutionState { Id = new(id), Namespace = "default", CreatedBy = "tests", CreatedAt = DateTimeOffset.UnixEpoch, Revision = 1 };
            Assert.IsType<AppendOutcome.Committed>(_stored.Memory.Commit(new() { State = state, BaseRevision = 0, DueAt = null, Effects = [], CommitId = 1 }));
        }
    }

    [Fact]
    public async Task The_stored_revision_is_returned_and_0_if_there_is_no_row()
    {
        Assert.Equal(1, await _reads.OfAsync(new("a"), _store));
        Assert.Equal(0, await _reads.OfAsync(new("none"), _store));
    }

    [Fact]
    public async Task Reads_requested_while_a_query_runs_share_the_next_query()
    {
        _mishaps.Plan(1, Mishap.HangsAndSucceeds);
        var first = _reads.OfAsync(new("a"), _store);
        await _mishaps.Hung;
        var others = new[] { "b", "a", "none", "b" }.Select(id => _reads.OfAsync(new(id), _store)).ToArray();
        Assert.Empty(_stored.RevisionQueries);

        _mishaps.Release();

        Assert.Equal(1, await first);
        Assert.Equal((long[])[1, 1, 0, 1], await Task.WhenAll(others));
        Assert.Equal([1, 3], _stored.RevisionQueries.Select(ids => ids.Count));
    }

    [Fact]
    public async Task A_failed_query_fails_all_its_readers_and_the_next_query_runs()
    {
        _mishaps.Plan(1, Mishap.HangsAndFails);
        var first = _reads.OfAsync(new("a"), _store);
        await _mishaps.Hung;
        var next = _reads.OfAsync(new("b"), _store);
        _mishaps.Release();

        await Assert.ThrowsAsync<StoreException>(() => first);
        Assert.Equal(1, await next);
    }
}
