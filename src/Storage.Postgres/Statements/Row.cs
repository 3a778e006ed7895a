using ExecutionGrains.Storage.Serialization;
using Npgsql;

namespace ExecutionGrains.Storage.Postgres.Statements;

/// <summary>Reads the columns of a reader's current row.</summary>
internal readonly struct Row(NpgsqlDataReader reader)
{
    public bool IsNull(int column) => reader.IsDBNull(column);

    public long Long(int column) => reader.GetFieldValue<long>(column);

    public int Int(int column) => reader.GetFieldValue<int>(column);

    public bool Flag(int column) => reader.GetBoolean(column);

    public long? LongOrNull(int column) => IsNull(column) ? null : Long(column);

    public DateTimeOffset Time(int column) => UnixMicroseconds.ToTime(Long(column));

    public DateTimeOffset? TimeOrNull(int column) => IsNull(column) ? null : Time(column);

    public string Text(int column) => StoredText.Read(reader.GetString(column));

    public string[] Texts(int column) => Array.ConvertAll(reader.GetFieldValue<string[]>(column), StoredText.Read);

    public string? TextOrNull(int column) => IsNull(column) ? null : Text(column);

    public byte[] Blob(int column) => reader.GetFieldValue<byte[]>(column);

    public byte[]? BlobOrNull(int column) => IsNull(column) ? null : Blob(column);

    public T Word<T>(int column) where T : struct, Enum =>
        Words.TryParse<T>(reader.GetString(column), out var value)
            ? value
            : throw new InvalidDataException($"«{reader.GetString(column)}» is not a valid {typeof(T).Name}.");

    public T? WordOrNull<T>(int column) where T : struct, Enum => IsNull(column) ? null : Word<T>(column);
}
