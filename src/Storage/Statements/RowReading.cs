using ExecutionGrains.Storage.Serialization;

namespace ExecutionGrains.Storage.Statements;

/// <summary>What follows from the values of <see cref="IRow"/>.</summary>
internal static class RowReading
{
    extension<TRow>(TRow row)
        where TRow : struct, IRow
    {
        public long? LongOrNull(int column) => row.IsNull(column) ? null : row.Long(column);

        public DateTimeOffset Time(int column) => UnixMicroseconds.ToTime(row.Long(column));

        public DateTimeOffset? TimeOrNull(int column) => row.IsNull(column) ? null : UnixMicroseconds.ToTime(row.Long(column));

        public string? TextOrNull(int column) => row.IsNull(column) ? null : row.Text(column);

        public byte[]? BlobOrNull(int column) => row.IsNull(column) ? null : row.Blob(column);
    }

    /// <exception cref="InvalidDataException">The text is not the word of a value.</exception>
    public static T Parse<T>(string word)
        where T : struct, Enum =>
        Words.TryParse<T>(word, out var value) ? value : throw new InvalidDataException($"«{word}» is not a valid {typeof(T).Name}.");
}
