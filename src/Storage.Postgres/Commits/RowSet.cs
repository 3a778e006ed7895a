using ExecutionGrains.Storage.Postgres.Statements;
using ExecutionGrains.Storage.Serialization;
using Npgsql;
using NpgsqlTypes;

namespace ExecutionGrains.Storage.Postgres.Commits;

/// <summary>
/// The rows of one set-based statement. Each column is an array parameter of the statement, and a row names its values in the order of the columns. Reused
/// after <see cref="Clear"/>, because finding a parameter's converter takes longer than writing a few values.
/// </summary>
internal sealed class RowSet
{
    private readonly (string Name, NpgsqlDbType Type, ArrayParameter Values)[] columns;
    private int at;

    /// <param name="columns">Parameters that are arrays, in the order of the statement's text.</param>
    public RowSet(IEnumerable<SqlParameter> columns)
    {
        this.columns = [.. columns.Select(column => (column.Name!, column.ElementType!.Value, new ArrayParameter(column.ElementType.Value)))];
        at = this.columns.Length;
    }

    /// <summary>Rows for all arrays of a statement.</summary>
    public RowSet(NumberedSql sql)
        : this(sql.Parameters.Where(parameter => parameter.ElementType is not null))
    {
    }

    public bool IsEmpty => Count == 0;

    public int Count { get; private set; }

    /// <summary>Starts a row.</summary>
    public RowSet Row()
    {
        CheckComplete();
        at = 0;
        Count++;
        return this;
    }

    public RowSet Text(string name, string? value) => Word(name, StoredText.OfNullable(value));

    /// <summary>A word or an id. It contains no characters that need escaping, unlike <see cref="Text"/>.</summary>
    public RowSet Word(string name, string? value)
    {
        var column = Next(name, NpgsqlDbType.Text);
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

    public RowSet Int(string name, int? value)
    {
        var column = Next(name, NpgsqlDbType.Integer);
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

    public RowSet Long(string name, long? value)
    {
        var column = Next(name, NpgsqlDbType.Bigint);
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

    public RowSet Time(string name, DateTimeOffset? value) => Long(name, UnixMicroseconds.From(value));

    public RowSet Flag(string name, bool value)
    {
        Next(name, NpgsqlDbType.Boolean).Add(value);
        return this;
    }

    public RowSet Blob(string name, byte[]? value)
    {
        var column = Next(name, NpgsqlDbType.Bytea);
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
    public RowSet Blob<T>(string name, T value, Action<ArrayParameter, T> write)
    {
        var column = Next(name, NpgsqlDbType.Bytea);
        var began = column.Begin();
        write(column, value);
        column.End(began);
        return this;
    }

    /// <summary>A parameter for one command, which sends the rows that the set holds at that time.</summary>
    public NpgsqlParameter Parameter(string column)
    {
        CheckComplete();
        return Array.Find(columns, c => c.Name == column).Values.Parameter();
    }

    public void Clear()
    {
        Count = 0;
        foreach (var (_, _, values) in columns)
        {
            values.Clear();
        }
    }

    private ArrayParameter Next(string name, NpgsqlDbType type)
    {
        if (at == columns.Length || columns[at].Name != name || columns[at].Type != type)
        {
            throw new InvalidOperationException($"The next column is not {name}, {type}.");
        }

        return columns[at++].Values;
    }

    /// <summary>Columns of different lengths would be filled up with nulls.</summary>
    private void CheckComplete()
    {
        if (at != columns.Length)
        {
            throw new InvalidOperationException($"The row has no value for {columns[at].Name}.");
        }
    }
}
