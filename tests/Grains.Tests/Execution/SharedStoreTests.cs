using ExecutionGrains.Storage.Commits;

namespace ExecutionGrains.Grains.Tests.Execution;

/// <summary>Answers from memory while other silos write to the same store: a cancelled or fenced worker must learn of it.</summary>
public sealed class SharedStoreTests : IDisposable
{
    private static readonly ExecutionEvent.Heartbeat Beat = new();

    private readonly World _one = new(isShared: true);
    private readonly World _other;

    public SharedStoreTests() => _other = _one.Other();

    public void Dispose()
    {
        _one.Dispose();
        _other.Dispose();
    }

    [Fact]
    public async Task Memory_is_trusted_for_2_s_after_the_last_contact_with_the_store_and_then_if_the_stored_revision_matches()
    {
        var actor = await FollowedAsync();
        await CancelElsewhereAsync();

        _one.Clock.Advance(RevisionReads.Trust);
        Assert.False((await _one.Report(actor, Beat)).Control.CancelRequested);
        Assert.Empty(_one.Stored.RevisionQueries);
        _one.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True((await _one.Report(actor, Beat)).Control.CancelRequested);
        Assert.Single(_one.Stored.RevisionQueries);
    }

    [Fact]
    public async Task Memory_that_matches_the_stored_revision_is_trusted_again()
    {
        var actor = await FollowedAsync();
        _one.Clock.Advance(TimeSpan.FromSeconds(3));
        await _one.Report(actor, Beat);
        await _one.Report(actor, Beat);
        Assert.Single(_one.Stored.RevisionQueries);
    }

    [Fact]
    public async Task After_an_announced_change_the_revision_is_read_at_once_and_only_for_the_named_execution()
    {
        var actor = await FollowedAsync();
        await CancelElsewhereAsync();

        _one.Services.RemoteChanges.Hear(Changes.Of([new("y")]));
        Assert.False((await _one.Report(actor, Beat)).Control.CancelRequested);
        _one.Services.RemoteChanges.Hear(Changes.Of([new("x")]));
        Assert.True((await _one.Report(actor, Beat)).Control.CancelRequested);
    }

    [Fact]
    public async Task If_the_store_cannot_be_read_nothing_is_answered_from_memory()
    {
        var actor = await FollowedAsync();
        _one.Clock.Advance(TimeSpan.FromSeconds(3));
        _one.Faults.Away = true;
        Assert.Equal(Code.StoreUnavailable, (await _one.Report(actor, Beat)).Refused);

        _one.Faults.Away = false;
        Assert.Null((await _one.Report(actor, Beat)).Refused);
    }

    [Fact]
    public async Task The_store_of_a_single_silo_is_never_read_for_revisions()
    {
        using var alone = new World();
        var actor = await alone.Running();
        await alone.Report(actor, World.StepStart("s1"));
        alone.Clock.Advance(TimeSpan.FromSeconds(3));
        await alone.Report(actor, Beat);
        Assert.Empty(alone.Stored.RevisionQueries);
    }

    /// <summary>The first contact after a claim is stored; later ones are answered from memory.</summary>
    private async Task<ExecutionActor> FollowedAsync()
    {
        var actor = await _one.Running();
        await _one.Report(actor, World.StepStart("s1"));
        return actor;
    }

    private async Task CancelElsewhereAsync() => Assert.Equal(Result.Applied, (await _other.Call(() => _other.Actor().CancelAsync(null, Caller.Local))).Result);
}
