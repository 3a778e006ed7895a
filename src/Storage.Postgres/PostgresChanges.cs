using System.Diagnostics.Metrics;
using ExecutionGrains.Storage.Commits;
using ExecutionGrains.Storage.Postgres.Statements;
using Npgsql;

namespace ExecutionGrains.Storage.Postgres;

/// <summary>
/// Announces a silo's commits to the other silos on the database and receives theirs, on two connections of its own. NOTIFY is not part of the commits'
/// transactions, because it would make them wait for each other. Broken connections are counted and reopened; they cause no error.
/// </summary>
public sealed class PostgresChanges : IAsyncDisposable
{
    /// <summary>Shortest time between announcements, so that there are at most 20 per second. The first of a burst is sent at once. 50 ms.</summary>
    public static readonly TimeSpan Gap = TimeSpan.FromMilliseconds(50);

    /// <summary>Delay before a broken connection is reopened. Doubles with each failure in a row. 100 ms.</summary>
    public static readonly TimeSpan BackoffMin = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest delay before a broken connection is reopened. 5 s.</summary>
    public static readonly TimeSpan BackoffMax = TimeSpan.FromSeconds(5);

    private const int KeepAliveSeconds = 10;

    private readonly ChangeFeed feed;
    private readonly string silo;
    private readonly TimeProvider time;
    private readonly NpgsqlDataSource announcing;
    private readonly NpgsqlDataSource listening;
    private readonly CancellationTokenSource stop = new();
    private readonly Meter meter;
    private Task loops = Task.CompletedTask;
    private long announcements;
    private long connectionsLost;
    private bool isDisposed;

    /// <param name="silo">The silo's id, without spaces, at most 128 characters. The silo's own announcements are ignored.</param>
    /// <param name="time">Measures the gap and the backoff. Default: the system clock.</param>
    public PostgresChanges(PostgresStoreOptions options, ChangeFeed feed, string silo, TimeProvider? time = null)
    {
        options.Validate();
        ArgumentException.ThrowIfNullOrEmpty(silo);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(silo.Length, ExecutionId.LengthMax);
        (this.feed, this.silo, this.time) = (feed, silo, time ?? TimeProvider.System);
        // The announced commits are durable already. An announcement itself need not be.
        announcing = NpgsqlDataSource.Create(Connecting(options, "-c synchronous_commit=off"));
        listening = NpgsqlDataSource.Create(Connecting(options, string.Empty));
        meter = new Meter("ExecutionGrains", version: null, tags: null, scope: this);
        Publish("executiongrains.changes.announcements", "{announcement}", "Announcements of this silo's commits to the others.", () => AnnouncementCount);
        Publish(
            "executiongrains.changes.connections_lost",
            "{connection}",
            "Connections for announcements that broke, or could not be opened.",
            () => ConnectionLostCount);
    }

    /// <summary>Announcements sent by this silo.</summary>
    public long AnnouncementCount => Interlocked.Read(ref announcements);

    /// <summary>Connections that broke or could not be opened.</summary>
    public long ConnectionLostCount => Interlocked.Read(ref connectionsLost);

    /// <summary>Starts both loops. Call once. Returns at once, even if the database is unavailable.</summary>
    public void Start() => loops = Task.WhenAll(
        Task.Run(() => AgainAsync(AnnounceAsync), CancellationToken.None), Task.Run(() => AgainAsync(ListenAsync), CancellationToken.None));

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref isDisposed, true))
        {
            return;
        }

        await stop.CancelAsync().ConfigureAwait(false);
        await loops.ConfigureAwait(false);
        await announcing.DisposeAsync().ConfigureAwait(false);
        await listening.DisposeAsync().ConfigureAwait(false);
        meter.Dispose();
        stop.Dispose();
    }

    private static string Connecting(PostgresStoreOptions options, string settings)
    {
        var builder = new NpgsqlConnectionStringBuilder(options.ConnectionString)
        {
            CommandTimeout = (int)options.CommandTimeout.TotalSeconds,
            Pooling = false,
            // A connection that only listens does not notice otherwise that the server is gone.
            KeepAlive = KeepAliveSeconds,
        };
        builder.Options = $"{builder.Options} {settings}".Trim();
        builder.ApplicationName ??= "ExecutionGrains";
        return builder.ToString();
    }

    /// <param name="work">Runs on one connection until it breaks. Calls its argument once the connection works.</param>
    private async Task AgainAsync(Func<Action, Task> work)
    {
        var backoff = BackoffMin;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await work(() => backoff = BackoffMin).ConfigureAwait(false);
            }
            catch (Exception) when (!stop.IsCancellationRequested)
            {
                // The silo continues without announcements, on any error. Until they work again, answers may be up to 2 s older.
                Interlocked.Increment(ref connectionsLost);
            }
            catch (Exception)
            {
                return;
            }

            await Task.Delay(backoff, time, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            backoff = backoff * 2 < BackoffMax ? backoff * 2 : BackoffMax;
        }
    }

    private async Task AnnounceAsync(Action works)
    {
        var connection = await announcing.OpenConnectionAsync(stop.Token).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            while (true)
            {
                var changes = await feed.TakeAsync(stop.Token).ConfigureAwait(false);
                try
                {
                    await NotifyAsync(connection, Announcement.Write(silo, changes)).ConfigureAwait(false);
                }
                catch
                {
                    // Announcing a change twice does no harm.
                    feed.Committed(changes);
                    throw;
                }

                Interlocked.Increment(ref announcements);
                works();
                await Task.Delay(Gap, time, stop.Token).ConfigureAwait(false);
            }
        }
    }

    private async Task NotifyAsync(NpgsqlConnection connection, string[] payloads)
    {
        await connection.RunAsync(SqlText.Query("AnnounceChanges"), stop.Token, ("payloads", payloads)).ConfigureAwait(false);
    }

    private async Task ListenAsync(Action works)
    {
        var connection = await listening.OpenConnectionAsync(stop.Token).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            connection.Notification += (_, told) => Hear(told.Payload);
            await connection.RunAsync(SqlText.Query("ListenForChanges"), stop.Token).ConfigureAwait(false);

            // Announcements made before this connection existed are lost.
            feed.Hear(Changes.Everything);
            works();
            while (true)
            {
                await connection.WaitAsync(stop.Token).ConfigureAwait(false);
            }
        }
    }

    private void Hear(string payload)
    {
        if (Announcement.Read(silo, payload) is { } changes)
        {
            feed.Hear(changes);
        }
    }

    private void Publish(string name, string unit, string description, Func<long> count)
    {
        try
        {
            meter.CreateObservableCounter(name, count, unit, description);
        }
        catch (Exception)
        {
            // A listener threw when the instrument was published. The instrument works for the other listeners.
        }
    }
}
