using Npgsql;
using NpgsqlTypes;

namespace ExecutionGrains.Storage.Postgres;

/// <summary>
/// Rows for one set-based statement: a column of values is an array parameter, in the order in which a row names its values. It can be
/// cleared and filled again: parameters know how their values are written, and to find that out costs more than to write a few.
/// </summary>
/// <param name="types">The columns' types, for a set that is sent without rows, too; left out: those of the first row.</param>
internal sealed class RowSet(params ReadOnlySpan<NpgsqlDbType> types)
{
    /// <summary>Values of a column whose room is kept when it is cleared; beyond it the memory is given back.</summary>
    private const int KeptMax = 4_096;

    private readonly List<IColumn> columns = Columns(types);
    private int at;

    public bool IsEmpty => Count == 0;

    /// <summary>Rows so far.</summary>
    public int Count { get; private set; }

    /// <summary>Begins a row; every row names as many values as the first.</summary>
    public RowSet Row()
    {
        at = 0;
        Count++;
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

    /// <summary>Once: a set belongs to one command, whatever rows it has when that is sent.</summary>
    public void AddTo(NpgsqlBatchCommand command)
    {
        foreach (var column in columns)
        {
            command.Parameters.Add(column.Parameter);
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

    private static List<IColumn> Columns(ReadOnlySpan<NpgsqlDbType> types)
    {
        var columns = new List<IColumn>();
        foreach (var type in types)
        {
            columns.Add(type switch
            {
                NpgsqlDbType.Integer => new Column<int>(type),
                NpgsqlDbType.Bigint => new Column<long?>(type),
                NpgsqlDbType.Boolean => new Column<bool>(type),
                NpgsqlDbType.Bytea => new Column<byte[]?>(type),
                _ => new Column<string?>(type),
            });
        }

        return columns;
    }

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
        NpgsqlParameter Parameter { get; }

        void Clear();
    }

    private sealed class Column<T>(NpgsqlDbType type) : IColumn
    {
        private readonly NpgsqlParameter<List<T>> parameter = new() { TypedValue = [], NpgsqlDbType = NpgsqlDbType.Array | type };

        public List<T> Values => parameter.TypedValue!;

        public NpgsqlParameter Parameter => parameter;

        public void Clear()
        {
            Values.Clear();
            if (Values.Capacity > KeptMax)
            {
                Values.Capacity = KeptMax;
            }
        }
    }
}
