using ExecutionGrains.Storage.Access;
using ExecutionGrains.Storage.Auditing;
using ExecutionGrains.Storage.Schema;
using ExecutionGrains.Storage.Sqlite.Commits;
using ExecutionGrains.Storage.Sqlite.Schema;
using ExecutionGrains.Storage.Sqlite.Statements;

namespace ExecutionGrains.Storage.Sqlite;

/// <summary>
/// The store in one SQLite file, for one silo: one writer and a few readers. Uses WAL with full synchronization: committed appends are on disk. Call
/// <see cref="MigrateAsync"/> first; it locks and opens the file.
/// </summary>
public sealed partial class SqliteStore : IExecutionStore, IExecutionReads, IOperationsStore, IAccessStore, IAuditStore, IAsyncDisposable
{
    /// <summary>Connections for grains. 2 are enough, because a read for a grain takes microseconds.</summary>
    private const int GrainReaderCount = 2;

    private readonly SqliteStoreOptions options;
    private readonly TimeProvider time;
    private readonly IReadOnlyList<Migration> migrations;
    private readonly SemaphoreSlim opening = new(1, 1);
    private FileLock? held;
    private WriterThread? writer;
    private ReaderPool? readers;
    private ReaderPool? grainReaders;
    private BatchCommit? commits;
    private bool closed;

    /// <param name="time">Used for the time of the lock and of migrations. Default: the system clock.</param>
    public SqliteStore(SqliteStoreOptions options, TimeProvider? time = null)
        : this(options, time, SqlText.Migrations())
    {
    }

    internal SqliteStore(SqliteStoreOptions options, TimeProvider? time, IReadOnlyList<Migration> migrations)
    {
        options.Validate();
        this.options = options;
        this.time = time ?? TimeProvider.System;
        this.migrations = migrations;
    }

    private WriterThread Writer => writer ?? throw NotOpen();

    /// <summary>For interactive requests: lists, pages and figures.</summary>
    private ReaderPool Readers => readers ?? throw NotOpen();

    /// <summary>For grains, the janitor and API keys. Separate, so that the first event of an execution does not wait behind lists.</summary>
    private ReaderPool GrainReaders => grainReaders ?? throw NotOpen();

    /// <inheritdoc/>
    public async Task MigrateAsync(CancellationToken cancel)
    {
        await opening.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            if (closed)
            {
                throw NotOpen();
            }

            Open();
            await MigrationRunner.RunAsync(new SchemaWriter(Writer, time.GetUtcNow()), migrations).ConfigureAwait(false);
            commits ??= new BatchCommit(options.IdsGatheredMin);
        }
        finally
        {
            opening.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await opening.WaitAsync().ConfigureAwait(false);
        try
        {
            closed = true;
            readers?.Dispose();
            grainReaders?.Dispose();
            writer?.Dispose();
            held?.Dispose();
            (readers, grainReaders, writer, held) = (null, null, null, null);
        }
        finally
        {
            opening.Release();
        }
    }

    private void Open()
    {
        if (writer is not null)
        {
            return;
        }

        held ??= new(options.Path, time.GetUtcNow());
        SqliteBackup.FinishRestore(options.Path);
        var busy = Busy;
        Session? writing = null;
        try
        {
            MakeFile(options.Path);
            writing = new(
                options.Path,
                busy,
                "page_size = 4096",
                "journal_mode = wal",
                "synchronous = full",
                "foreign_keys = off",
                "temp_store = memory",
                "wal_autocheckpoint = 0",
                $"cache_size = -{options.WriterCacheKiB}");
            writer = new(writing, new(new(options.Path, busy, "synchronous = full"), options.LogPages));
            readers = ReadersOf(options.ReaderCount);
            grainReaders = ReadersOf(GrainReaderCount);
        }
        catch (Exception e) when (e is Microsoft.Data.Sqlite.SqliteException or IOException or UnauthorizedAccessException)
        {
            writing?.Dispose();
            held.Dispose();
            held = null;
            const string operation = "open the database";
            throw e is Microsoft.Data.Sqlite.SqliteException engine
                ? SqliteFailure.ToStoreException(operation, engine)
                : new StoreException(operation, $"{options.Path}: {e.Message}", transient: false, e);
        }
    }

    private string Busy => $"busy_timeout = {(int)options.BusyTimeout.TotalMilliseconds}";

    private ReaderPool ReadersOf(int count) => new(
        () => new(options.Path, Busy, "query_only = on", "temp_store = memory", "cache_size = -8192"), count);

    /// <summary>
    /// Creates the database file with mode 0600; SQLite gives its other files the same mode. Never opens an existing file, because closing it would release
    /// SQLite's locks.
    /// </summary>
    private static void MakeFile(string path)
    {
        if (!File.Exists(path))
        {
            OwnerOnly.Open(path, FileMode.CreateNew, FileAccess.Write).Dispose();
        }
    }

    private static StoreException NotOpen() => new("be used", "it is not open; call MigrateAsync first.", transient: false);
}
