using System.Text;
using ExecutionGrains.Storage.Statements;
using SQLitePCL;

namespace ExecutionGrains.Storage.Sqlite.Statements;

/// <summary>The current row of a statement.</summary>
internal readonly struct Row(sqlite3_stmt handle) : IRow
{
    public bool IsNull(int column) => raw.sqlite3_column_type(handle, column) == raw.SQLITE_NULL;

    public int Int(int column) => (int)Long(column);

    public long Long(int column) => raw.sqlite3_column_int64(handle, column);

    public bool Flag(int column) => Long(column) != 0;

    // Read as a blob, because a text may contain NUL.
    public ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(handle, column);

    public string Text(int column) => Encoding.UTF8.GetString(Bytes(column));

    public T Word<T>(int column)
        where T : struct, Enum => RowReading.Parse<T>(Text(column));

    public T? WordOrNull<T>(int column)
        where T : struct, Enum => IsNull(column) ? null : Word<T>(column);

    public byte[] Blob(int column) => Bytes(column).ToArray();
}
