using System.Diagnostics.Metrics;
using Npgsql;

namespace ExecutionGrains.Storage.Postgres;

/// <summary>
/// Announces a silo's commits to the others on the database, and hears theirs, on two connections of its own. Not in the transactions that commit: a NOTIFY in them would make
/// them wait for each other. A connection that breaks is opened again, is counted, and is nobody's error.
/// </summary>
public sealed class PostgresChanges : IAsyncDisposable
{
    /// <summary>From one announcement to the next, so that there are at most 20 a second. The first of a burst does not wait. 50 ms.</summary>
    public static readonly TimeSpan Gap = TimeSpan.FromMilliseconds(50);

    /// <summary>Before a broken connection is opened again; twice as long each time that it breaks again at once. 100 ms.</summary>
    public static readonly TimeSpan BackoffMin = TimeSpan.FromMilliseconds(100);

    /// <summary>5 s.</summary>
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

    /// <param name="silo">The silo's id, without blanks, of at most 128 characters; its own announcements are not heard.</param>
    /// <param name="time">Measures the gap and the backoff. Default the system's.</param>
    public PostgresChanges(PostgresStoreOptions options, ChangeFeed feed, string silo, TimeProvider? time = null)
    {
        options.Validate();
        ArgumentException.ThrowIfNullOrEmpty(silo);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(silo.Length, ExecutionId.LengthMax);
        (this.feed, this.silo, this.time) = (feed, silo, time ?? TimeProvider.System);
        // What is announced is durable already; that it was announced need not be.
        announcing = NpgsqlDataSource.Create(Connecting(options, "-c synchronous_commit=off"));
        listening = NpgsqlDataSource.Create(Connecting(options, string.Empty));
        meter = new Meter("ExecutionGrains", version: null, tags: null, scope: this);
        Publish("executiongrains.changes.announcements", "{announcement}", "Announcements of this silo's commits to the others.", () => AnnouncementCount);
        Publish("executiongrains.changes.connections_lost", "{connection}", "Connections for announcements that broke, or could not be opened.", () => ConnectionLostCount);
    }

    /// <summary>Announcements that this silo has made.</summary>
    public long AnnouncementCount => Interlocked.Read(ref announcements);

    /// <summary>Connections that broke, or could not be opened.</summary>
    public long ConnectionLostCount => Interlocked.Read(ref connectionsLost);

    /// <summary>Once. Returns at once, whether the database is there or not.</summary>
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
            // Who only listens would never notice that the other end is gone.
            KeepAlive = KeepAliveSeconds,
        };
        builder.Options = $"{builder.Options} {settings}".Trim();
        builder.ApplicationName ??= "ExecutionGrains";
        return builder.ToString();
    }

    /// <param name="work">On one connection, until it breaks; says when that works.</param>
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
                // Whatever it was, the silo goes on without: answers are up to 2 s older meanwhile.
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
                    // Told twice does no harm.
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
        var command = new NpgsqlCommand(SqlText.Query("announce"), connection);
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.Add(new NpgsqlParameter { Value = payloads });
            await command.ExecuteNonQueryAsync(stop.Token).ConfigureAwait(false);
        }
    }

    private async Task ListenAsync(Action works)
    {
        var connection = await listening.OpenConnectionAsync(stop.Token).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            connection.Notification += (_, told) => Hear(told.Payload);
            var command = new NpgsqlCommand(SqlText.Query("listen"), connection);
            await using (command.ConfigureAwait(false))
            {
                await command.ExecuteNonQueryAsync(stop.Token).ConfigureAwait(false);
            }

            // What was announced before, while there was no connection, nobody will tell.
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
            // A listener threw at the news of the instrument. It is there nevertheless, for those who did not.
        }
    }
}
