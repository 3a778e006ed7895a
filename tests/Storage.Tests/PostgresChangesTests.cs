using System.Threading.Channels;
using ExecutionGrains.Storage.Access;
using ExecutionGrains.Storage.Commits;
using ExecutionGrains.Storage.Postgres;
using ExecutionGrains.Testing;
using Npgsql;
using Xunit;
using static ExecutionGrains.Storage.Tests.Make;

namespace ExecutionGrains.Storage.Tests;

/// <summary>Two silos' announcements on one database, with a manual clock.</summary>
public sealed class PostgresChangesTests : IAsyncLifetime
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;
    private PostgresServer server = null!;
    private string database = null!;
    private Silo one = null!;
    private Silo other = null!;

    public async ValueTask InitializeAsync()
    {
        server = await PostgresServer.SharedAsync();
        database = await server.DatabaseAsync();
        one = new("one", database);
        other = new("other", database);
        foreach (var silo in new[] { one, other })
        {
            Assert.Equal(Changes.Everything, await silo.Heard());
        }
    }

    public async ValueTask DisposeAsync()
    {
        await one.DisposeAsync();
        await other.DisposeAsync();
        await server.DropAsync(database);
    }

    [Fact]
    public async Task Two_stores_on_one_database_hear_each_others_commits_and_not_their_own()
    {
        foreach (var (from, to, id) in new[] { (one, other, "a"), (other, one, "b") })
        {
            await using var store = new PostgresStore(new() { ConnectionString = database });
            await store.MigrateAsync(Cancel);
            await using var queue = new CommitQueue(store, feed: from.Feed);
            Assert.IsType<AppendOutcome.Committed>(await queue.SubmitAsync(First(State(id))));
            Assert.Equal([new(id)], (await to.Heard()).Ids);
        }

        // Each silo has heard the other's changes and nothing else.
        Assert.False(one.HasHeard);
        Assert.False(other.HasHeard);
    }

    [Fact]
    public async Task D38_Every_change_of_keys_and_secrets_is_announced_to_all_silos()
    {
        await using var store = new PostgresStore(new() { ConnectionString = database });
        await store.MigrateAsync(Cancel);
        ApiKeyRow key = new("x-1", "n", "admin", null, [1], null, DateTimeOffset.UnixEpoch, null, null);
        Func<Task>[] changes =
        [
            () => store.AddKeyAsync(key, null, Cancel),
            () => store.RotateKeyAsync("x-1", [2], DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, null, Cancel),
            () => store.InstallKeyAsync(key with { KeyId = "x-2", Hash = [3] }, "x-", DateTimeOffset.UnixEpoch, null, Cancel),
            () => store.RevokeKeyAsync("x-2", DateTimeOffset.UnixEpoch, null, Cancel),
            () => store.WriteSecretAsync("s", null, [1], Cancel),
            () => store.WriteSecretAsync("s", [1], [2], Cancel),
            () => store.DeleteSecretsAsync(null, Cancel),
        ];
        foreach (var change in changes)
        {
            await change();
            foreach (var silo in new[] { one, other })
            {
                var heard = await silo.Heard();
                Assert.Equal((true, false, 0), (heard.AreKeys, heard.IsEverything, heard.Ids.Count));
            }
        }

        Assert.False(one.HasHeard);
        Assert.False(other.HasHeard);
    }

    [Fact]
    public async Task A_silo_announces_at_most_20_times_a_second_with_all_queued_changes()
    {
        var began = one.Clock.GetUtcNow();
        one.Feed.Committed(Changes.Of([new("first")]));
        Assert.Equal([new("first")], (await other.Heard()).Ids);
        for (var made = 1; made <= 20; made++)
        {
            await one.Clock.WhenScheduledAsync(PostgresChanges.Gap);
            for (var i = 0; i < 10; i++)
            {
                one.Feed.Committed(Changes.Of([new($"x{made}-{i}")]));
            }

            Assert.Equal(made, one.Changes.AnnouncementCount);
            Assert.False(other.HasHeard);
            one.Clock.Advance(PostgresChanges.Gap);
            Assert.Equal(10, (await other.Heard()).Ids.Count);
        }

        Assert.Equal(TimeSpan.FromSeconds(1), one.Clock.GetUtcNow() - began);
    }

    [Fact]
    public async Task Cut_connections_are_reopened_and_everything_counts_as_changed()
    {
        // All four connections are open and idle.
        foreach (var (from, to) in new[] { (one, other), (other, one) })
        {
            from.Feed.Committed(Changes.Of([new("a")]));
            Assert.Equal([new("a")], (await to.Heard()).Ids);
            await from.Clock.WhenScheduledAsync(PostgresChanges.Gap);
        }

        await using (var connection = new NpgsqlConnection(database))
        {
            await connection.OpenAsync(Cancel);
            await using var cut = new NpgsqlCommand(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()", connection);
            await cut.ExecuteNonQueryAsync(Cancel);
        }

        foreach (var silo in new[] { one, other })
        {
            var missed = silo.Heard();
            await silo.Clock.PassUntilAsync(missed, PostgresChanges.BackoffMin);
            Assert.Equal(Changes.Everything, await missed);
            Assert.Equal(1, silo.Changes.ConnectionLostCount);
        }

        // A silo notices its cut announcement connection when it next uses it, and reports that on the next connection.
        one.Feed.Committed(Changes.Of([new("b")]));
        var heard = other.Heard();
        await one.Clock.PassUntilAsync(heard, PostgresChanges.BackoffMin);
        Assert.Equal([new("b")], (await heard).Ids);
        Assert.Equal(2, one.Changes.ConnectionLostCount);
    }

    [Fact]
    public async Task A_missing_database_is_retried_and_the_silo_can_stop()
    {
        var lost = new Silo("lost", database + ";Port=1");
        for (var wait = PostgresChanges.BackoffMin; wait < PostgresChanges.BackoffMax; wait *= 2)
        {
            await lost.Clock.WhenScheduledAsync(wait);
            lost.Clock.Advance(wait);
        }

        await lost.DisposeAsync();
        // Two connections, each tried at first and after 0.1, 0.2 … 3.2 s.
        Assert.InRange(lost.Changes.ConnectionLostCount, 6, 14);
        Assert.False(lost.HasHeard);
    }

    private sealed class Silo : IAsyncDisposable
    {
        private readonly Channel<Changes> heard = Channel.CreateUnbounded<Changes>();

        public Silo(string name, string database)
        {
            Feed.Heard += changes => heard.Writer.TryWrite(changes);
            Changes = new(new() { ConnectionString = database }, Feed, name, Clock);
            Changes.Start();
        }

        public ManualTimeProvider Clock { get; } = new();

        public ChangeFeed Feed { get; } = new();

        public PostgresChanges Changes { get; }

        public bool HasHeard => heard.Reader.TryPeek(out _);

        public Task<Changes> Heard() => heard.Reader.ReadAsync(Cancel).AsTask();

        public ValueTask DisposeAsync() => Changes.DisposeAsync();
    }
}
