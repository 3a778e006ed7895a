using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ExecutionGrains.Storage.Sqlite;

/// <summary>One connection, used by one thread at a time, with the statements that it has prepared so far.</summary>
internal sealed class Session : IDisposable
{
    private readonly SqliteConnection connection;
    private readonly Dictionary<string, Statement> named = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Statement> texts = new(StringComparer.Ordinal);

    public Session(string path, params ReadOnlySpan<string> pragmas)
    {
        _ = SqliteEngine.Version;
        connection = new(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        try
        {
            connection.Open();
            foreach (var pragma in pragmas)
            {
                Execute($"pragma {pragma};");
            }
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>The number that the last insert gave its row.</summary>
    public long LastRow => raw.sqlite3_last_insert_rowid(Handle);

    private sqlite3 Handle => connection.Handle!;

    /// <summary>The query of a .sql file.</summary>
    public Statement this[string name]
    {
        get
        {
            if (!named.TryGetValue(name, out var statement))
            {
                named[name] = statement = new(Handle, SqlText.Query(name));
            }

            return statement.Fresh();
        }
    }

    /// <summary>A query that was filled in from a .sql file; there are few different ones.</summary>
    public Statement Filled(string sql)
    {
        if (!texts.TryGetValue(sql, out var statement))
        {
            if (texts.Count >= 200)
            {
                Clear(texts);
            }

            texts[sql] = statement = new(Handle, sql);
        }

        return statement.Fresh();
    }

    /// <summary>Runs statements that give nothing back: pragmas, migrations.</summary>
    public void Execute(string sql) => SqliteException.ThrowExceptionForRC(raw.sqlite3_exec(Handle, sql), Handle);

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
    public void CopyTo(Session copy) => connection.BackupDatabase(copy.connection);

    public void Control(string sql) => Filled(sql).Run();

    /// <summary>Gives up a savepoint, unless the failure has ended its transaction.</summary>
    public void ReleaseIfOpen(string savepoint)
    {
        if (raw.sqlite3_get_autocommit(Handle) == 0)
        {
            Control($"release {savepoint}");
        }
    }

    public void Dispose()
    {
        Clear(named);
        Clear(texts);
        connection.Dispose();
    }

    private static void Clear(Dictionary<string, Statement> statements)
    {
        foreach (var statement in statements.Values)
        {
            statement.Dispose();
        }

        statements.Clear();
    }

    private void RollBack()
    {
        // Some failures (a full disk) have rolled back already.
        if (raw.sqlite3_get_autocommit(Handle) == 0)
        {
            Control("rollback");
        }
    }
}
