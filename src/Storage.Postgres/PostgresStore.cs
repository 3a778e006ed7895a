using System.Collections.Concurrent;
using ExecutionGrains.Storage.Access;
using ExecutionGrains.Storage.Auditing;
using ExecutionGrains.Storage.Postgres.Commits;
using ExecutionGrains.Storage.Postgres.Schema;
using ExecutionGrains.Storage.Postgres.Statements;
using ExecutionGrains.Storage.Schema;
using ExecutionGrains.Storage.Serialization;
using Npgsql;

namespace ExecutionGrains.Storage.Postgres;

/// <summary>
/// The store in a PostgreSQL database that several silos may share. Call <see cref="MigrateAsync"/> first. Committed appends are as durable as the database's
/// <c>synchronous_commit</c> setting makes them.
/// </summary>
public sealed partial class PostgresStore : IExecutionStore, IExecutionReads, IOperationsStore, IAccessStore, IAuditStore, IAsyncDisposable
{
    /// <summary>
    /// Forces index lookups for the rows of a commit. Otherwise a plan made for a small table would scan it when it has grown. Plans are generic, so that they
    /// are not made anew for each commit.
    /// </summary>
    private const string WriterSettings =
        "-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c enable_bitmapscan=off -c plan_cache_mode=force_generic_plan -c jit=off";

    /// <summary>Forces every read to use an index in its order, however few rows the planner expects. Plans are generic, so that they are made once.</summary>
    private const string ReaderSettings =
        "-c enable_seqscan=off -c enable_bitmapscan=off -c enable_sort=off -c enable_incremental_sort=off -c enable_hashjoin=off -c enable_mergejoin=off"
        + " -c enable_memoize=off -c plan_cache_mode=force_generic_plan -c jit=off";

    /// <summary>
    /// Makes a backend that evicts pages from shared_buffers flush them every 256 KB, as the checkpointer does. By default the kernel keeps them for 30 s and
    /// then writes all at once: 500 MB from a busy half minute delayed every commit's WAL by 150 to 300 ms.
    /// </summary>
    private const string Flushing = "-c backend_flush_after=256kB";

    /// <summary>
    /// Lets the server detect a dead silo after 25 s, instead of Linux's two hours. Until then, a silo that died during a commit holds its row locks.
    /// </summary>
    private const string Keepalive = "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3";

    private readonly PostgresStoreOptions options;
    private readonly TimeProvider time;
    private readonly IReadOnlyList<Migration> migrations;
    private readonly NpgsqlDataSource reads;
    private readonly NpgsqlDataSource writes;
    private readonly DayPartitions partitions = new();
    private readonly SemaphoreSlim free;

    /// <summary>
    /// Limits interactive queries to half of the reading connections. The other half serves grains: slow pages must not make the store look unavailable.
    /// </summary>
    private readonly SemaphoreSlim searches;
    private readonly ConcurrentBag<CommitWriter> writers = [];
    private volatile bool open;

    /// <param name="time">Used for the time of migrations and the first partitions. Default: the system clock.</param>
    public PostgresStore(PostgresStoreOptions options, TimeProvider? time = null)
        : this(options, time, SqlText.Migrations())
    {
    }

    internal PostgresStore(PostgresStoreOptions options, TimeProvider? time, IReadOnlyList<Migration> migrations)
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
            // A writer keeps its connection. A broken connection is closed, not returned to a pool.
            writing.Pooling = false;
            // A commit has 100 KB to 1 MB. The default of 8 KB would wake the server for each piece.
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
                await SchemaWriter.MigrateAsync(connection, migrations, now, cancel).ConfigureAwait(false);
                if (await partitions.EnsureAsync(connection, [UnixMicroseconds.Day(now), UnixMicroseconds.Day(now) + 1], cancel)
                    .ConfigureAwait(false) is { } refused)
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
        // Waits for running commits.
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
        // The driver's interface for plugins, marked as one that may change: see ArrayParameterTypes.
#pragma warning disable NPG9001
        builder.AddTypeInfoResolverFactory(new ArrayParameterTypes());
#pragma warning restore NPG9001
        return builder.Build();
    }

    private string Connecting(Action<NpgsqlConnectionStringBuilder> change)
    {
        var builder = new NpgsqlConnectionStringBuilder(options.ConnectionString)
        {
            CommandTimeout = (int)options.CommandTimeout.TotalSeconds,
            // Statements are prepared automatically when they repeat, without an extra round trip.
            MaxAutoPrepare = 200,
            AutoPrepareMinUsages = 2,
        };
        builder.ApplicationName ??= "ExecutionGrains";
        change(builder);
        return builder.ToString();
    }

    /// <summary>Includes the database's name, because connecting to it may never have worked.</summary>
    private StoreException Failure(string operation, Exception e) =>
        new(operation, $"{Where()}: {PostgresFailure.Reason(e)}", PostgresFailure.ToStoreException(operation, e).Transient, e);

    private string Where()
    {
        var at = new NpgsqlConnectionStringBuilder(options.ConnectionString);
        return $"database {(at.Database is { Length: > 0 } named ? named : at.Username is { Length: > 0 } user ? user : "of this system's user")}"
            + $" at {at.Host}:{at.Port}";
    }

    private void CheckOpen()
    {
        if (!open)
        {
            throw new StoreException("be used", "it is not open; call MigrateAsync first.", transient: false);
        }
    }
}
