using ExecutionGrains.Storage.Lists;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ExecutionGrains.Storage.Sqlite.Statements;

/// <summary>One connection with its prepared statements. Used by one thread at a time.</summary>
internal sealed class Session : IDisposable
{
    /// <summary>Limit of prepared statements with built texts, and the same limit again for rented ones.</summary>
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
        // Memory statistics would take a process-wide lock at every allocation, and nothing reads them.
        _ = raw.sqlite3_config(raw.SQLITE_CONFIG_MEMSTATUS, 0);
        EngineVersion = raw.sqlite3_libversion().utf8_to_string();
    }

    public Session(string path, params ReadOnlySpan<string> pragmas)
    {
        // No mutex in SQLite: a connection has one user at a time, and a page of a list would lock it a thousand times.
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

    /// <summary>The rowid of the last inserted row.</summary>
    public long LastRow => raw.sqlite3_last_insert_rowid(handle);

    /// <summary>The prepared query of a .sql file.</summary>
    public Statement this[string name]
    {
        get
        {
            if (!named.TryGetValue(name, out var statement))
            {
                named[name] = statement = new(handle, SqlText.Statements[name].Text);
            }

            return statement.Fresh();
        }
    }

    /// <summary>The prepared statement of a text built from a .sql file. There are few different texts.</summary>
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

    /// <summary>As <see cref="Filled"/>, for several statements of one text that are read in parallel. Return it with <see cref="Return"/>.</summary>
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

    /// <summary>Runs statements without a result: pragmas and migrations.</summary>
    public void Execute(string sql) => SqliteException.ThrowExceptionForRC(raw.sqlite3_exec(handle, sql), handle);

    /// <summary>Defines the function <c>label_facet(name, value)</c> for migrations. PostgreSQL's migrations define the same function.</summary>
    public void DefineFacets()
    {
        // A repeated definition replaces the earlier one.
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

    /// <summary>Runs the work in one transaction. Rolls back if it throws.</summary>
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

    /// <summary>Runs several queries on one snapshot.</summary>
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

    /// <summary>Copies the whole database as of this moment, even while another connection writes.</summary>
    public void CopyTo(Session copy)
    {
        using var backup = raw.sqlite3_backup_init(copy.handle, "main", handle, "main");
        SqliteException.ThrowExceptionForRC(backup.IsInvalid ? raw.sqlite3_errcode(copy.handle) : raw.sqlite3_backup_step(backup, -1), copy.handle);
    }

    /// <summary>Pages written to the log, including those that the cache had no room for, since the last call.</summary>
    public int PagesWritten()
    {
        _ = raw.sqlite3_db_status(handle, raw.SQLITE_DBSTATUS_CACHE_WRITE, out var pages, out _, 1);
        return pages;
    }

    /// <summary>
    /// Copies the log's pages to the database file, except those that readers still need, and syncs the file. Blocks neither readers nor the writer.
    /// </summary>
    /// <returns>
    /// Whether the whole log was copied, so that the next write restarts it. A disk error only returns false: the log holds all data, and the next write
    /// reports the error.
    /// </returns>
    public bool Checkpoint() =>
        raw.sqlite3_wal_checkpoint_v2(handle, "main", raw.SQLITE_CHECKPOINT_PASSIVE, out var pages, out var brought) == raw.SQLITE_OK && pages == brought;

    public void Control(string sql) => Filled(sql).Run();

    /// <summary>Releases a savepoint, unless the failure has already ended the transaction.</summary>
    public void ReleaseIfOpen(string savepoint)
    {
        if (raw.sqlite3_get_autocommit(handle) == 0)
        {
            Control($"release {savepoint}");
        }
    }

    /// <summary>Stops the statement that runs on another thread.</summary>
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

    /// <summary>The idle statements of a text. Remembers the last text, because texts are long to hash and usually repeat.</summary>
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
        // Some failures, such as a full disk, have already rolled back.
        if (raw.sqlite3_get_autocommit(handle) == 0)
        {
            Control("rollback");
        }
    }
}
