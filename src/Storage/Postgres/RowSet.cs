using Npgsql;
using NpgsqlTypes;

namespace ExecutionGrains.Storage.Postgres;

/// <summary>Rows for one set-based statement: a column of values is an array parameter, in the order in which a row names its values.</summary>
internal sealed class RowSet
{
    private readonly List<IColumn> columns = [];
    private int at;

    public bool IsEmpty => columns.Count == 0;

    /// <summary>Begins a row; every row names as many values as the first.</summary>
    public RowSet Row()
    {
        at = 0;
        return this;
    }

    public RowSet Text(string? value) => Add(StoredText.OfNullable(value), NpgsqlDbType.Text);

    /// <summary>A word or an id: nothing in it has to be written otherwise.</summary>
    public RowSet Word(string? value) => Add(value, NpgsqlDbType.Text);

    public RowSet Int(int value) => Add(value, NpgsqlDbType.Integer);

    public RowSet Long(long? value) => Add(value, NpgsqlDbType.Bigint);

    public RowSet Time(DateTimeOffset? value) => Long(Micros.From(value));

    public RowSet Flag(bool value) => Add(value, NpgsqlDbType.Boolean);

    public RowSet Blob(byte[]? value) => Add(value, NpgsqlDbType.Bytea);

    public void AddTo(NpgsqlBatchCommand command)
    {
        foreach (var column in columns)
        {
            command.Parameters.Add(column.Parameter());
        }
    }

    /// <summary>A column without values.</summary>
    public static NpgsqlParameter Empty(NpgsqlDbType type) => type switch
    {
        NpgsqlDbType.Integer => new Column<int>(type).Parameter(),
        NpgsqlDbType.Bigint => new Column<long?>(type).Parameter(),
        NpgsqlDbType.Boolean => new Column<bool>(type).Parameter(),
        NpgsqlDbType.Bytea => new Column<byte[]?>(type).Parameter(),
        _ => new Column<string?>(type).Parameter(),
    };

    private RowSet Add<T>(T value, NpgsqlDbType type)
    {
        if (at == columns.Count)
        {
            columns.Add(new Column<T>(type));
        }

        ((Column<T>)columns[at++]).Values.Add(value);
        return this;
    }

    private interface IColumn
    {
        NpgsqlParameter Parameter();
    }

    private sealed class Column<T>(NpgsqlDbType type) : IColumn
    {
        public List<T> Values { get; } = [];

        public NpgsqlParameter Parameter() => new NpgsqlParameter<List<T>> { TypedValue = Values, NpgsqlDbType = NpgsqlDbType.Array | type };
    }
}
