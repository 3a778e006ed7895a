using System.Buffers;
using System.Text;
using ExecutionGrains.Storage.Serialization;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ExecutionGrains.Storage.Sqlite.Statements;

/// <summary>
/// A prepared statement. Values are bound in the order in which the parameters first appear in its text. Texts are bound with a length, so they may contain
/// NUL. Lone surrogates become U+FFFD.
/// </summary>
internal sealed class Statement : IDisposable
{
    private readonly sqlite3 database;
    private readonly sqlite3_stmt handle;
    private readonly int parameterCount;
    private int bound;

    public Statement(sqlite3 database, string sql)
    {
        this.database = database;
        SqliteException.ThrowExceptionForRC(raw.sqlite3_prepare_v3(database, sql, raw.SQLITE_PREPARE_PERSISTENT, out handle), database);
        parameterCount = raw.sqlite3_bind_parameter_count(handle);
    }

    /// <summary>Resets the statement if it was used, so that binding starts at the first parameter.</summary>
    public Statement Fresh()
    {
        if (bound != 0)
        {
            Reset();
        }

        return this;
    }

    public Statement Int(long? value) =>
        Bound(value is { } v ? raw.sqlite3_bind_int64(handle, ++bound, v) : raw.sqlite3_bind_null(handle, ++bound));

    public Statement Time(DateTimeOffset? value) => Int(UnixMicroseconds.From(value));

    public Statement Flag(bool value) => Int(value ? 1 : 0);

    public Statement Text(string? value)
    {
        // The pointer of an empty span is null, which SQLite would bind as NULL.
        if (value is not { Length: > 0 })
        {
            return Bound(value is null ? raw.sqlite3_bind_null(handle, ++bound) : raw.sqlite3_bind_text(handle, ++bound, string.Empty));
        }

        var size = Encoding.UTF8.GetMaxByteCount(value.Length);
        if (size <= 512)
        {
            Span<byte> small = stackalloc byte[512];
            return Bound(raw.sqlite3_bind_text(handle, ++bound, small[..Encoding.UTF8.GetBytes(value, small)]));
        }

        var rented = ArrayPool<byte>.Shared.Rent(size);
        var written = Encoding.UTF8.GetBytes(value, rented);
        var result = raw.sqlite3_bind_text(handle, ++bound, rented.AsSpan(0, written));
        ArrayPool<byte>.Shared.Return(rented);
        return Bound(result);
    }

    public Statement Blob(byte[]? value) => value is null ? Bound(raw.sqlite3_bind_null(handle, ++bound)) : Blob(value.AsSpan());

    public Statement Blob(ReadOnlySpan<byte> value) => Bound(
        value.IsEmpty ? raw.sqlite3_bind_zeroblob(handle, ++bound, 0) : raw.sqlite3_bind_blob(handle, ++bound, value));

    /// <summary>Moves to the next row. At the end returns false and resets the statement.</summary>
    public bool Step()
    {
        if (bound != parameterCount)
        {
            throw new InvalidOperationException($"{bound} of {parameterCount} parameters are bound.");
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
    public T? One<T>(Func<Statement, T> read)
    {
        try
        {
            return Step() ? read(this) : default;
        }
        finally
        {
            Reset();
        }
    }

    public List<T> All<T>(Func<Statement, T> read)
    {
        var rows = new List<T>();
        try
        {
            while (Step())
            {
                rows.Add(read(this));
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
        bound = 0;
        raw.sqlite3_reset(handle);
    }

    public bool IsNull(int column) => raw.sqlite3_column_type(handle, column) == raw.SQLITE_NULL;

    public long Long(int column) => raw.sqlite3_column_int64(handle, column);

    public long? LongOrNull(int column) => IsNull(column) ? null : Long(column);

    public DateTimeOffset Time(int column) => UnixMicroseconds.ToTime(Long(column));

    public DateTimeOffset? TimeOrNull(int column) => IsNull(column) ? null : Time(column);

    // Read as a blob, because a text may contain NUL.
    public ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(handle, column);

    public string Text(int column) => Encoding.UTF8.GetString(Bytes(column));

    public string? TextOrNull(int column) => IsNull(column) ? null : Text(column);

    public byte[] Blob(int column) => Bytes(column).ToArray();

    public byte[]? BlobOrNull(int column) => IsNull(column) ? null : Blob(column);

    public T Word<T>(int column) where T : struct, Enum =>
        Words.TryParse<T>(Text(column), out var value) ? value : throw new InvalidDataException($"«{Text(column)}» is not a valid {typeof(T).Name}.");

    public T? WordOrNull<T>(int column) where T : struct, Enum => IsNull(column) ? null : Word<T>(column);

    public void Dispose() => handle.Dispose();

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
