using ExecutionGrains.Storage.Postgres.Statements;
using ExecutionGrains.Storage.Serialization;
using Npgsql;
using NpgsqlTypes;

namespace ExecutionGrains.Storage.Postgres.Commits;

/// <summary>
/// The rows of one set-based statement. Each column is an array parameter, in the order in which rows add their values. Reused after <see cref="Clear"/>,
/// because finding a parameter's converter takes longer than writing a few values.
/// </summary>
/// <param name="types">Column types, for a set that may be sent without rows. Empty: the types of the first row.</param>
internal sealed class RowSet(params ReadOnlySpan<NpgsqlDbType> types)
{
    private readonly List<ArrayParameter> columns = Columns(types);
    private int at;

    public bool IsEmpty => Count == 0;

    public int Count { get; private set; }

    /// <summary>Starts a row. Every row must have as many values as the first.</summary>
    public RowSet Row()
    {
        at = 0;
        Count++;
        return this;
    }

    public RowSet Text(string? value) => Word(StoredText.OfNullable(value));

    /// <summary>A word or an id. It contains no characters that need escaping, unlike <see cref="Text"/>.</summary>
    public RowSet Word(string? value)
    {
        var column = Next(NpgsqlDbType.Text);
        if (value is null)
        {
            column.AddNull();
        }
        else
        {
            column.Add(value);
        }

        return this;
    }

    public RowSet Int(int? value)
    {
        var column = Next(NpgsqlDbType.Integer);
        if (value is { } number)
        {
            column.Add(number);
        }
        else
        {
            column.AddNull();
        }

        return this;
    }

    public RowSet Long(long? value)
    {
        var column = Next(NpgsqlDbType.Bigint);
        if (value is { } number)
        {
            column.Add(number);
        }
        else
        {
            column.AddNull();
        }

        return this;
    }

    public RowSet Time(DateTimeOffset? value) => Long(UnixMicroseconds.From(value));

    public RowSet Flag(bool value)
    {
        Next(NpgsqlDbType.Boolean).Add(value);
        return this;
    }

    public RowSet Blob(byte[]? value)
    {
        var column = Next(NpgsqlDbType.Bytea);
        if (value is null)
        {
            column.AddNull();
        }
        else
        {
            column.Add(value.AsSpan());
        }

        return this;
    }

    /// <summary>A value that <paramref name="write"/> writes into its column.</summary>
    public RowSet Blob<T>(T value, Action<ArrayParameter, T> write)
    {
        var column = Next(NpgsqlDbType.Bytea);
        var began = column.Begin();
        write(column, value);
        column.End(began);
        return this;
    }

    /// <summary>Adds the columns as parameters. Call once per command; the command sends the rows that the set holds at that time.</summary>
    public void AddTo(NpgsqlBatchCommand command)
    {
        foreach (var column in columns)
        {
            command.Parameters.Add(column.Parameter());
        }
    }

    public void Clear()
    {
        Count = 0;
        foreach (var column in columns)
        {
            column.Clear();
        }
    }

    private static List<ArrayParameter> Columns(ReadOnlySpan<NpgsqlDbType> types)
    {
        var columns = new List<ArrayParameter>();
        foreach (var type in types)
        {
            columns.Add(new(type));
        }

        return columns;
    }

    private ArrayParameter Next(NpgsqlDbType type)
    {
        if (at == columns.Count)
        {
            columns.Add(new(type));
        }

        return columns[at++];
    }
}
