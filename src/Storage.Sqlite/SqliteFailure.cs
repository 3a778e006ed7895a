using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ExecutionGrains.Storage.Sqlite;

/// <summary>Classifies SQLite failures.</summary>
internal static class SqliteFailure
{
    /// <summary>
    /// Whether the content of one append caused the failure, so that the store refuses it: a violated constraint, too much data, a text that cannot be
    /// encoded. Excludes defects of own code.
    /// </summary>
    public static bool IsContent(Exception e) => e switch
    {
        SqliteException s => s.SqliteErrorCode is raw.SQLITE_CONSTRAINT or raw.SQLITE_MISMATCH or raw.SQLITE_TOOBIG,
        EncoderFallbackException or JsonException => true,
        _ => false,
    };

    /// <summary>Whether one append caused the failure and the database still works, so that the rest of the batch can be written without it.</summary>
    public static bool IsOfOneAppend(Exception e) => e is SqliteException ? IsContent(e) : e is not OutOfMemoryException;

    public static StoreException ToStoreException(string operation, SqliteException e) => new(operation, Reason(e), IsTransient(e), e);

    public static string Reason(Exception e) => e is SqliteException s
        ? $"SQLite {s.SqliteErrorCode}/{s.SqliteExtendedErrorCode}: {s.Message}"
        : $"{e.GetType().Name}: {e.Message}";

    private static bool IsTransient(SqliteException e) =>
        e.SqliteErrorCode is not (raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB or raw.SQLITE_MISUSE or raw.SQLITE_ERROR or raw.SQLITE_AUTH);
}
