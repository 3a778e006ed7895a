using System.Buffers;
using System.Text;
using ExecutionGrains.Storage.Lists;
using ExecutionGrains.Storage.Serialization;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ExecutionGrains.Storage.Sqlite.Statements;

/// <summary>
/// A prepared statement. Values are bound by the names of its parameters; every parameter must be bound. Texts are bound with a length, so they may contain
/// NUL. Lone surrogates become U+FFFD.
/// </summary>
internal sealed class Statement : IDisposable
{
    private readonly sqlite3 database;
    private readonly sqlite3_stmt handle;

    /// <summary>The names without @. Null for the question marks of a condition (<see cref="SqlClause"/>).</summary>
    private readonly string?[] names;
    private readonly bool[] isBound;
    private int boundCount;

    /// <summary>The place after the last named parameter that was bound. Places begin at 0 here.</summary>
    private int next;

    /// <summary>The place after the last question mark that was bound.</summary>
    private int nextMark;

    public Statement(sqlite3 database, string sql)
    {
        this.database = database;
        SqliteException.ThrowExceptionForRC(raw.sqlite3_prepare_v3(database, sql, raw.SQLITE_PREPARE_PERSISTENT, out handle), database);
        names = new string?[raw.sqlite3_bind_parameter_count(handle)];
        isBound = new bool[names.Length];
        for (var i = 0; i < names.Length; i++)
        {
            // Interned, so that a comparison with the name in the code is one of references. A question mark has no name.
            var name = raw.sqlite3_bind_parameter_name(handle, i + 1).utf8_to_string();
            names[i] = name is ['@', .. var named] ? string.Intern(named) : null;
        }
    }

    /// <summary>The current row.</summary>
    public Row Row => new(handle);

    /// <summary>Resets the statement if it was used, so that it can be bound again.</summary>
    public Statement Fresh()
    {
        if (boundCount != 0)
        {
            Reset();
        }

        return this;
    }

    public Statement Int(string name, long? value) => Int(Place(name), value);

    public Statement Time(string name, DateTimeOffset? value) => Int(Place(name), UnixMicroseconds.From(value));

    public Statement Flag(string name, bool value) => Int(Place(name), value ? 1 : 0);

    public Statement Text(string name, string? value) => Text(Place(name), value);

    public Statement Blob(string name, byte[]? value) => value is null ? Bound(raw.sqlite3_bind_null(handle, Place(name))) : Blob(name, value.AsSpan());

    public Statement Blob(string name, ReadOnlySpan<byte> value)
    {
        var place = Place(name);
        return Bound(value.IsEmpty ? raw.sqlite3_bind_zeroblob(handle, place, 0) : raw.sqlite3_bind_blob(handle, place, value));
    }

    /// <summary>Binds the values of a condition to the next question marks.</summary>
    public Statement Values(SqlClause clause)
    {
        foreach (var value in clause.Values)
        {
            _ = value is long number ? Int(NextMark(), number) : Text(NextMark(), (string)value);
        }

        return this;
    }

    /// <summary>Moves to the next row. At the end returns false and resets the statement.</summary>
    public bool Step()
    {
        if (boundCount != names.Length)
        {
            throw new InvalidOperationException($"Not bound: {string.Join(", ", names.Where((_, i) => !isBound[i]).Select(name => name ?? "?"))}.");
        }

        var result = raw.sqlite3_step(handle);
        if (result == raw.SQLITE_ROW)
        {
            return true;
        }

        if (result == raw.SQLITE_DONE)
        {
            Reset();
            return false;
        }

        // Message and extended code belong to the last call. Read them before the reset.
        try
        {
            SqliteException.ThrowExceptionForRC(result, database);
        }
        finally
        {
            Reset();
        }

        return false;
    }

    /// <summary>Runs the statement to its end. Returns the number of rows changed.</summary>
    public int Run()
    {
        while (Step())
        {
        }

        return raw.sqlite3_changes(database);
    }

    /// <summary>Reads the first row. Default if there is none.</summary>
    public T? One<T>(Func<Row, T> read)
    {
        try
        {
            return Step() ? read(Row) : default;
        }
        finally
        {
            Reset();
        }
    }

    public List<T> All<T>(Func<Row, T> read)
    {
        var rows = new List<T>();
        try
        {
            while (Step())
            {
                rows.Add(read(Row));
            }

            return rows;
        }
        finally
        {
            Reset();
        }
    }

    public void Reset()
    {
        (boundCount, next, nextMark) = (0, 0, 0);
        Array.Clear(isBound);
        raw.sqlite3_reset(handle);
    }

    public void Dispose() => handle.Dispose();

    private Statement Int(int place, long? value) =>
        Bound(value is { } v ? raw.sqlite3_bind_int64(handle, place, v) : raw.sqlite3_bind_null(handle, place));

    private Statement Text(int place, string? value)
    {
        // The pointer of an empty span is null, which SQLite would bind as NULL.
        if (value is not { Length: > 0 })
        {
            return Bound(value is null ? raw.sqlite3_bind_null(handle, place) : raw.sqlite3_bind_text(handle, place, string.Empty));
        }

        var size = Encoding.UTF8.GetMaxByteCount(value.Length);
        if (size <= 512)
        {
            Span<byte> small = stackalloc byte[512];
            return Bound(raw.sqlite3_bind_text(handle, place, small[..Encoding.UTF8.GetBytes(value, small)]));
        }

        var rented = ArrayPool<byte>.Shared.Rent(size);
        var written = Encoding.UTF8.GetBytes(value, rented);
        var result = raw.sqlite3_bind_text(handle, place, rented.AsSpan(0, written));
        ArrayPool<byte>.Shared.Return(rented);
        return Bound(result);
    }

    /// <summary>The place of a parameter, as SQLite counts it (from 1). Callers mostly bind in the order of the text, so the next one is tried first.</summary>
    private int Place(string name)
    {
        var place = next < names.Length && string.Equals(names[next], name, StringComparison.Ordinal) ? next : Array.IndexOf(names, name);
        if (place < 0)
        {
            throw new InvalidOperationException($"The statement has no parameter {name}.");
        }

        next = place + 1;
        return Mark(place);
    }

    private int NextMark()
    {
        var place = Array.IndexOf(names, null, nextMark);
        if (place < 0)
        {
            throw new InvalidOperationException("The condition has more values than the statement has question marks.");
        }

        nextMark = place + 1;
        return Mark(place);
    }

    private int Mark(int place)
    {
        boundCount += isBound[place] ? 0 : 1;
        isBound[place] = true;
        return place + 1;
    }

    private Statement Bound(int result)
    {
        if (result != raw.SQLITE_OK)
        {
            Reset();
            SqliteException.ThrowExceptionForRC(result, database);
        }

        return this;
    }
}
