using ExecutionGrains.Storage.Commits;
using ExecutionGrains.Storage.Postgres;
using Xunit;
using static ExecutionGrains.Storage.Tests.Make;

namespace ExecutionGrains.Storage.Tests;

public sealed class ChangeFeedTests
{
    private const string Silo = "0123456789abcdef0123456789abcdef";
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Queued_changes_are_taken_together_with_each_execution_once()
    {
        var feed = new ChangeFeed();
        feed.Committed(Changes.Of(Ids(2)));
        feed.Committed(Changes.Of(Ids(3)));
        var taken = await feed.TakeAsync(Cancel);
        Assert.Equal(Ids(3), taken.Ids.OrderBy(id => id.Value));
        var next = feed.TakeAsync(Cancel);
        Assert.False(next.IsCompleted);
        feed.Committed(Changes.Of([]));
        Assert.False(next.IsCompleted);
        feed.Committed(Changes.Of(Ids(1)));
        Assert.Equal(Ids(1), (await next).Ids);
    }

    [Fact]
    public async Task More_changes_than_the_feed_can_hold_become_everything()
    {
        var feed = new ChangeFeed();
        feed.Committed(Changes.Of(Ids(ChangeFeed.IdsMax)));
        feed.Committed(Changes.Of([new("one-more")]));
        feed.Committed(Changes.Of([new("and-another")]));
        Assert.Equal(Changes.Everything, await feed.TakeAsync(Cancel));
        feed.Committed(Changes.Of(Ids(ChangeFeed.IdsMax)));
        Assert.Equal(ChangeFeed.IdsMax, (await feed.TakeAsync(Cancel)).Ids.Count);
    }

    [Fact]
    public async Task A_queue_announces_commits_and_uncertain_commits_and_nothing_else()
    {
        var feed = new ChangeFeed();
        var store = new GatedStore();
        await using var queue = new CommitQueue(store, feed: feed);
        var a = queue.SubmitAsync(First(State("a")));
        (await store.Next()).Succeed();
        await a;
        Assert.Equal([new("a")], (await feed.TakeAsync(Cancel)).Ids);

        var b = queue.SubmitAsync(First(State("b")));
        (await store.Next()).Fail(new StoreException("commit", "away", transient: true));
        Assert.False(Assert.IsType<AppendOutcome.Unavailable>(await b).Uncertain);
        var c = queue.SubmitAsync(First(State("c")));
        (await store.Next()).Fail(new IOException("cut off"));
        Assert.True(Assert.IsType<AppendOutcome.Unavailable>(await c).Uncertain);
        Assert.Equal([new("c")], (await feed.TakeAsync(Cancel)).Ids);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(500)]
    [InlineData(900)]
    public void An_announcement_is_split_into_payloads_that_PostgreSQL_accepts(int count)
    {
        ExecutionId[] ids = [.. Enumerable.Range(0, count).Select(i => new ExecutionId($"{i}-".PadRight(ExecutionId.LengthMax, 'x')))];
        var payloads = Announcement.Write(Silo, Changes.Of(ids));
        Assert.All(payloads, payload => Assert.InRange(payload.Length, 1, Announcement.PayloadLengthMax));
        Assert.Equal(ids, payloads.SelectMany(payload => Announcement.Read("another", payload)!.Ids));
        Assert.All(payloads, payload => Assert.Null(Announcement.Read(Silo, payload)));
    }

    [Fact]
    public void Too_many_payloads_become_one_that_means_everything()
    {
        ExecutionId[] ids = [.. Enumerable.Range(0, ChangeFeed.IdsMax).Select(i => new ExecutionId($"{i}-".PadRight(ExecutionId.LengthMax, 'x')))];
        var payload = Assert.Single(Announcement.Write(Silo, Changes.Of(ids)));
        Assert.Equal(Changes.Everything, Announcement.Read("another", payload));
        Assert.Equal([payload], Announcement.Write(Silo, Changes.Everything));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" a")]
    public void A_notification_that_is_not_from_a_silo_is_ignored(string payload) => Assert.Null(Announcement.Read(Silo, payload));

    [Fact]
    public void Invalid_execution_ids_are_omitted() => Assert.Equal([new("a")], Announcement.Read(Silo, "another a é  /")!.Ids);

    private static ExecutionId[] Ids(int count) => [.. Enumerable.Range(0, count).Select(i => new ExecutionId($"x{i}"))];
}
