using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ExecutionGrains.Storage.Sqlite;

/// <summary>One connection, used by one thread at a time, with the statements that it has prepared so far.</summary>
internal sealed class Session : IDisposable
{
    /// <summary>Texts that were filled in and are kept prepared, and as many that are lent.</summary>
    private const int StatementsMax = 200;

    private readonly sqlite3 handle;
    private readonly Dictionary<string, Statement> named = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Statement> texts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Stack<Statement>> lent = new(StringComparer.Ordinal);
    private int lentCount;
    private (string? Sql, Stack<Statement>? Idle) lastLent;

    static Session()
    {
        Batteries_V2.Init();
        // Memory statistics take a lock of the whole process at every allocation, and nothing reads them.
        _ = raw.sqlite3_config(raw.SQLITE_CONFIG_MEMSTATUS, 0);
        EngineVersion = raw.sqlite3_libversion().utf8_to_string();
    }

    public Session(string path, params ReadOnlySpan<string> pragmas)
    {
        // Without the engine's own locks: there is one user at a time, and a page of a list would take a thousand of them.
        var opened = raw.sqlite3_open_v2(path, out handle, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE | raw.SQLITE_OPEN_NOMUTEX, null);
        try
        {
            SqliteException.ThrowExceptionForRC(opened, handle);
            foreach (var pragma in pragmas)
            {
                Execute($"pragma {pragma};");
            }
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>The version of the packaged SQLite, such as <c>3.53.3</c>.</summary>
    public static string EngineVersion { get; }

    /// <summary>The number that the last insert gave its row.</summary>
    public long LastRow => raw.sqlite3_last_insert_rowid(handle);

    /// <summary>The query of a .sql file.</summary>
    public Statement this[string name]
    {
        get
        {
            if (!named.TryGetValue(name, out var statement))
            {
                named[name] = statement = new(handle, SqlText.Query(name));
            }

            return statement.Fresh();
        }
    }

    /// <summary>A query that was filled in from a .sql file; there are few different ones.</summary>
    public Statement Filled(string sql)
    {
        if (!texts.TryGetValue(sql, out var statement))
        {
            if (texts.Count >= StatementsMax)
            {
                Clear(texts.Values);
                texts.Clear();
            }

            texts[sql] = statement = new(handle, sql);
        }

        return statement.Fresh();
    }

    /// <summary>As <see cref="Filled"/>, where several of one text are read side by side. It is to be returned.</summary>
    public Statement Rent(string sql)
    {
        if (Idle(sql).TryPop(out var statement))
        {
            lentCount--;
            return statement;
        }

        return new(handle, sql);
    }

    public void Return(string sql, Statement statement)
    {
        statement.Reset();
        if (lentCount >= StatementsMax)
        {
            Clear(lent.Values.SelectMany(idle => idle));
            lent.Clear();
            (lentCount, lastLent) = (0, default);
        }

        Idle(sql).Push(statement);
        lentCount++;
    }

    /// <summary>Runs statements that give nothing back: pragmas, migrations.</summary>
    public void Execute(string sql) => SqliteException.ThrowExceptionForRC(raw.sqlite3_exec(handle, sql), handle);

    /// <summary>Migrations may ask <c>label_facet(name, value)</c>, as those of PostgreSQL do.</summary>
    public void DefineFacets()
    {
        // The last one of a name that was defined is the one that is called.
        var defined = raw.sqlite3_create_function(
            handle,
            "label_facet",
            2,
            raw.SQLITE_UTF8 | raw.SQLITE_DETERMINISTIC,
            null,
            (context, _, values) => raw.sqlite3_result_text(context, ListIndex.Facet(Text(values[0]), Text(values[1]))));
        SqliteException.ThrowExceptionForRC(defined, handle);

        static string Text(sqlite3_value value) => System.Text.Encoding.UTF8.GetString(raw.sqlite3_value_blob(value));
    }

    /// <summary>All of it, or nothing.</summary>
    public T InTransaction<T>(Func<Session, T> work)
    {
        Control("begin immediate");
        try
        {
            var result = work(this);
            Control("commit");
            return result;
        }
        catch
        {
            RollBack();
            throw;
        }
    }

    /// <summary>One snapshot for several queries.</summary>
    public T InSnapshot<T>(Func<Session, T> read)
    {
        Control("begin");
        try
        {
            return read(this);
        }
        finally
        {
            RollBack();
        }
    }

    /// <summary>Copies the whole database as it is at this moment, whoever writes meanwhile.</summary>
    public void CopyTo(Session copy)
    {
        using var backup = raw.sqlite3_backup_init(copy.handle, "main", handle, "main");
        SqliteException.ThrowExceptionForRC(backup.IsInvalid ? raw.sqlite3_errcode(copy.handle) : raw.sqlite3_backup_step(backup, -1), copy.handle);
    }

    /// <summary>Pages that it has written to the log, or beyond its cache, since this was last asked.</summary>
    public int PagesWritten()
    {
        _ = raw.sqlite3_db_status(handle, raw.SQLITE_DBSTATUS_CACHE_WRITE, out var pages, out _, 1);
        return pages;
    }

    /// <summary>Brings the log's pages to the database's file, as far as nobody reads in the log, and waits for the disk. Nobody waits for it.</summary>
    /// <returns>Whether the log was brought whole: the next write begins it anew. A disk that refuses is no failure: all is in the log, and whatever writes next will tell.</returns>
    public bool Checkpoint() =>
        raw.sqlite3_wal_checkpoint_v2(handle, "main", raw.SQLITE_CHECKPOINT_PASSIVE, out var pages, out var brought) == raw.SQLITE_OK && pages == brought;

    public void Control(string sql) => Filled(sql).Run();

    /// <summary>Gives up a savepoint, unless the failure has ended its transaction.</summary>
    public void ReleaseIfOpen(string savepoint)
    {
        if (raw.sqlite3_get_autocommit(handle) == 0)
        {
            Control($"release {savepoint}");
        }
    }

    /// <summary>Ends the statement that runs on another thread.</summary>
    public void Interrupt() => raw.sqlite3_interrupt(handle);

    public void Dispose()
    {
        Clear(named.Values);
        Clear(texts.Values);
        Clear(lent.Values.SelectMany(idle => idle));
        handle.Dispose();
    }

    private static void Clear(IEnumerable<Statement> statements)
    {
        foreach (var statement in statements)
        {
            statement.Dispose();
        }
    }

    /// <summary>Those of a text that nobody has. The text is long, and mostly the same again.</summary>
    private Stack<Statement> Idle(string sql)
    {
        if (!ReferenceEquals(sql, lastLent.Sql))
        {
            if (!lent.TryGetValue(sql, out var idle))
            {
                lent[sql] = idle = new();
            }

            lastLent = (sql, idle);
        }

        return lastLent.Idle!;
    }

    private void RollBack()
    {
        // Some failures (a full disk) have rolled back already.
        if (raw.sqlite3_get_autocommit(handle) == 0)
        {
            Control("rollback");
        }
    }
}
