using System.Text.Json;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ExecutionGrains.Storage.Sqlite;

/// <summary>What a failure of the engine means.</summary>
internal static class SqliteFailure
{
    /// <summary>Whether one append's content caused it, so that its neighbours can be written without it.</summary>
    public static bool IsContent(Exception e) => e switch
    {
        SqliteException s => s.SqliteErrorCode is raw.SQLITE_CONSTRAINT or raw.SQLITE_MISMATCH or raw.SQLITE_TOOBIG or raw.SQLITE_RANGE,
        ArgumentException or JsonException or NotSupportedException or KeyNotFoundException or OverflowException or NullReferenceException => true,
        _ => false,
    };

    public static StoreException ToStoreException(string operation, SqliteException e) => new(operation, Reason(e), IsTransient(e), e);

    public static string Reason(Exception e) => e is SqliteException s
        ? $"SQLite {s.SqliteErrorCode}/{s.SqliteExtendedErrorCode}: {s.Message}"
        : e.Message;

    private static bool IsTransient(SqliteException e) =>
        e.SqliteErrorCode is not (raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB or raw.SQLITE_MISUSE or raw.SQLITE_ERROR or raw.SQLITE_AUTH);
}
