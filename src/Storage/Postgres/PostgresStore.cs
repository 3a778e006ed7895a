using System.Collections.Concurrent;
using Npgsql;

namespace ExecutionGrains.Storage.Postgres;

/// <summary>
/// The store in a PostgreSQL database that several silos may share. Nothing works before <see cref="MigrateAsync"/>. What is answered is as durable as the
/// database's own <c>synchronous_commit</c>.
/// </summary>
public sealed partial class PostgresStore : IExecutionStore, IExecutionReads, IOperationsStore, IAccessStore, IAsyncDisposable
{
    /// <summary>
    /// Every statement of a commit goes from the rows that it was given to an index. A plan that was made while a table was small must not read
    /// all of it once it is large, and is not made anew for every commit.
    /// </summary>
    private const string WriterSettings =
        "-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c enable_bitmapscan=off -c plan_cache_mode=force_generic_plan -c jit=off";

    /// <summary>Every read goes through an index in its order, however few rows the planner believes it will find; its plan is made once.</summary>
    private const string ReaderSettings =
        "-c enable_seqscan=off -c enable_bitmapscan=off -c enable_sort=off -c enable_incremental_sort=off -c enable_hashjoin=off -c enable_mergejoin=off -c enable_memoize=off"
        + " -c plan_cache_mode=force_generic_plan -c jit=off";

    /// <summary>
    /// A backend that makes room in shared_buffers hands its pages to the kernel, which by default keeps them for 30 s and then writes all of them at once:
    /// 500 MB of a busy half minute held every commit's WAL up for 150 to 300 ms. So it begins to write them when there are 256 KB of them, as the checkpointer does.
    /// </summary>
    private const string Flushing = "-c backend_flush_after=256kB";

    /// <summary>A silo that went without a word in the middle of a commit holds its rows until the server misses it: 25 s, and not the two hours of Linux.</summary>
    private const string Keepalive = "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3";

    private readonly PostgresStoreOptions options;
    private readonly TimeProvider time;
    private readonly IReadOnlyList<(int Version, string Text)> migrations;
    private readonly NpgsqlDataSource reads;
    private readonly NpgsqlDataSource writes;
    private readonly DayPartitions partitions = new();
    private readonly SemaphoreSlim free;

    /// <summary>Half of the connections that read. The other half is for what grains wait for: people's slow pages must not look like a store that is away.</summary>
    private readonly SemaphoreSlim searches;
    private readonly ConcurrentBag<CommitWriter> writers = [];
    private volatile bool open;

    /// <param name="time">Dates the migrations and the first partitions. Default the system's.</param>
    public PostgresStore(PostgresStoreOptions options, TimeProvider? time = null)
        : this(options, time, SqlText.Migrations())
    {
    }

    internal PostgresStore(PostgresStoreOptions options, TimeProvider? time, IReadOnlyList<(int Version, string Text)> migrations)
    {
        options.Validate();
        this.options = options;
        this.time = time ?? TimeProvider.System;
        this.migrations = migrations;
        reads = NpgsqlDataSource.Create(Connecting(reading =>
        {
            reading.MaxPoolSize = options.ReaderCount;
            reading.Options = $"{reading.Options} {Keepalive} {Flushing} {ReaderSettings}".Trim();
        }));
        writes = Writing(Connecting(writing =>
        {
            // A writer keeps its connection; a broken one is closed, not returned to anybody.
            writing.Pooling = false;
            // A commit is some 100 KB to 1 MB: in pieces of 8 KB, the default, each woke the server up.
            writing.WriteBufferSize = 256 * 1024;
            writing.Options = $"{writing.Options} {Keepalive} {Flushing} {WriterSettings}".Trim();
        }));
        free = new(options.WriterCount, options.WriterCount);
        searches = new((options.ReaderCount + 1) / 2);
        var workflows = new CountedWorkflows();
        for (var i = 0; i < options.WriterCount; i++)
        {
            writers.Add(new(writes, partitions, workflows));
        }
    }

    /// <inheritdoc/>
    public async Task MigrateAsync(CancellationToken cancel)
    {
        try
        {
            var connection = await writes.OpenConnectionAsync(cancel).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                var now = time.GetUtcNow();
                await Migration.ApplyAsync(connection, migrations, now, cancel).ConfigureAwait(false);
                if (await partitions.EnsureAsync(connection, [Micros.Day(now), Micros.Day(now) + 1], cancel).ConfigureAwait(false) is { } refused)
                {
                    throw refused.Reason;
                }
            }
        }
        catch (Exception e) when (PostgresFailure.IsEngine(e))
        {
            throw Failure("open the database", e);
        }

        open = true;
    }

    public async ValueTask DisposeAsync()
    {
        open = false;
        // Waits for the commits that run.
        for (var i = 0; i < options.WriterCount; i++)
        {
            await free.WaitAsync().ConfigureAwait(false);
        }

        while (writers.TryTake(out var writer))
        {
            await writer.DisposeAsync().ConfigureAwait(false);
        }

        free.Release(options.WriterCount);
        await writes.DisposeAsync().ConfigureAwait(false);
        await reads.DisposeAsync().ConfigureAwait(false);
    }

    internal static NpgsqlDataSource Writing(string connecting)
    {
        var builder = new NpgsqlDataSourceBuilder(connecting);
        // The driver's interface for plugins, marked as one that may change: see RowColumnTypes.
#pragma warning disable NPG9001
        builder.AddTypeInfoResolverFactory(new RowColumnTypes());
#pragma warning restore NPG9001
        return builder.Build();
    }

    private string Connecting(Action<NpgsqlConnectionStringBuilder> change)
    {
        var builder = new NpgsqlConnectionStringBuilder(options.ConnectionString)
        {
            CommandTimeout = (int)options.CommandTimeout.TotalSeconds,
            // Statements are prepared when they come again, on the way, without a round trip.
            MaxAutoPrepare = 200,
            AutoPrepareMinUsages = 2,
        };
        builder.ApplicationName ??= "ExecutionGrains";
        change(builder);
        return builder.ToString();
    }

    /// <summary>With the name of the database: nobody has reached it yet.</summary>
    private StoreException Failure(string operation, Exception e) =>
        new(operation, $"{Where()}: {PostgresFailure.Reason(e)}", PostgresFailure.ToStoreException(operation, e).Transient, e);

    private string Where()
    {
        var at = new NpgsqlConnectionStringBuilder(options.ConnectionString);
        return $"database {(at.Database is { Length: > 0 } named ? named : at.Username is { Length: > 0 } user ? user : "of this system's user")} at {at.Host}:{at.Port}";
    }

    private void CheckOpen()
    {
        if (!open)
        {
            throw new StoreException("be used", "it is not open: MigrateAsync opens it.", transient: false);
        }
    }
}
