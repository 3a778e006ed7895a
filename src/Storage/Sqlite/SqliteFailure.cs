using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ExecutionGrains.Storage.Sqlite;

/// <summary>What a failure of the engine means.</summary>
internal static class SqliteFailure
{
    /// <summary>
    /// Whether one append's content caused it, which the store refuses as such: what the schema forbids, what is too big, what cannot be
    /// encoded. A bug of ours is none of these.
    /// </summary>
    public static bool IsContent(Exception e) => e switch
    {
        SqliteException s => s.SqliteErrorCode is raw.SQLITE_CONSTRAINT or raw.SQLITE_MISMATCH or raw.SQLITE_TOOBIG,
        EncoderFallbackException or JsonException => true,
        _ => false,
    };

    /// <summary>Whether it came with one append and leaves the engine well, so that its neighbours can be written without it.</summary>
    public static bool IsOfOneAppend(Exception e) => e is SqliteException ? IsContent(e) : e is not OutOfMemoryException;

    public static StoreException ToStoreException(string operation, SqliteException e) => new(operation, Reason(e), IsTransient(e), e);

    public static string Reason(Exception e) => e is SqliteException s
        ? $"SQLite {s.SqliteErrorCode}/{s.SqliteExtendedErrorCode}: {s.Message}"
        : $"{e.GetType().Name}: {e.Message}";

    private static bool IsTransient(SqliteException e) =>
        e.SqliteErrorCode is not (raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB or raw.SQLITE_MISUSE or raw.SQLITE_ERROR or raw.SQLITE_AUTH);
}
