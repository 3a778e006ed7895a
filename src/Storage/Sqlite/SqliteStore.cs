namespace ExecutionGrains.Storage.Sqlite;

/// <summary>
/// The store in one SQLite file: one silo, one writer, a few readers. WAL with full synchronisation: what is answered is on disk.
/// Nothing works before <see cref="MigrateAsync"/>, which takes the file.
/// </summary>
public sealed partial class SqliteStore : IExecutionStore, IExecutionReads, IOperationsStore, IAccessStore, IAsyncDisposable
{
    /// <summary>A read for a grain takes microseconds; two are enough.</summary>
    private const int GrainReaderCount = 2;

    private readonly SqliteStoreOptions options;
    private readonly TimeProvider time;
    private readonly IReadOnlyList<(int Version, string Text)> migrations;
    private readonly SemaphoreSlim opening = new(1, 1);
    private FileLock? held;
    private WriterThread? writer;
    private ReaderPool? readers;
    private ReaderPool? grainReaders;
    private BatchCommit? commits;
    private bool closed;

    /// <param name="time">Dates the lock and the migrations. Default the system's.</param>
    public SqliteStore(SqliteStoreOptions options, TimeProvider? time = null)
        : this(options, time, SqlText.Migrations())
    {
    }

    internal SqliteStore(SqliteStoreOptions options, TimeProvider? time, IReadOnlyList<(int Version, string Text)> migrations)
    {
        options.Validate();
        this.options = options;
        this.time = time ?? TimeProvider.System;
        this.migrations = migrations;
    }

    private WriterThread Writer => writer ?? throw NotOpen();

    /// <summary>For what people ask: lists, pages, figures.</summary>
    private ReaderPool Readers => readers ?? throw NotOpen();

    /// <summary>For what grains, the janitor and the keys need, so that the first event of an execution does not wait behind lists.</summary>
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
            await Writer.RunAsync("migrate the schema", session => Migration.Apply(session, migrations, time.GetUtcNow())).ConfigureAwait(false);
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
        var busy = $"busy_timeout = {(int)options.BusyTimeout.TotalMilliseconds}";
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
            Func<Session> open = () => new(options.Path, busy, "query_only = on", "temp_store = memory", "cache_size = -8192");
            readers = new(open, options.ReaderCount);
            grainReaders = new(open, GrainReaderCount);
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

    /// <summary>
    /// SQLite gives its log and its other files the mode that the database has. Never opens one that is there: closing it would give up SQLite's locks.
    /// </summary>
    private static void MakeFile(string path)
    {
        if (!File.Exists(path))
        {
            OwnerOnly.Open(path, FileMode.CreateNew, FileAccess.Write).Dispose();
        }
    }

    private static StoreException NotOpen() => new("be used", "it is not open: MigrateAsync opens it.", transient: false);
}
