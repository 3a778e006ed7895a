using ExecutionGrains.Storage.Statements;
using Npgsql;

namespace ExecutionGrains.Storage.Postgres.Statements;

/// <summary>Reads the columns of a reader's current row.</summary>
internal readonly struct Row(NpgsqlDataReader reader) : IRow
{
    public bool IsNull(int column) => reader.IsDBNull(column);

    public long Long(int column) => reader.GetFieldValue<long>(column);

    public int Int(int column) => reader.GetFieldValue<int>(column);

    public bool Flag(int column) => reader.GetBoolean(column);

    public string Text(int column) => StoredText.Read(reader.GetString(column));

    public string[] Texts(int column) => Array.ConvertAll(reader.GetFieldValue<string[]>(column), StoredText.Read);

    public byte[] Blob(int column) => reader.GetFieldValue<byte[]>(column);

    public T Word<T>(int column)
        where T : struct, Enum => RowReading.Parse<T>(reader.GetString(column));

    public T? WordOrNull<T>(int column)
        where T : struct, Enum => IsNull(column) ? null : Word<T>(column);
}
