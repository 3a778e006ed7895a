using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Npgsql;

namespace ExecutionGrains.Storage.Postgres;

/// <summary>Classifies failures of the database and of the connection to it.</summary>
internal static class PostgresFailure
{
    /// <summary>SQLSTATE classes that the content of a row causes: invalid data, a violated constraint, a duplicate row, a limit exceeded.</summary>
    private static readonly string[] ContentClasses = ["21", "22", "23", "54"];

    /// <summary>
    /// Transient SQLSTATE classes: connection, rollback because of other transactions, no resources (disk full, too many connections), object in use, operator
    /// intervention, system error.
    /// </summary>
    private static readonly string[] TransientClasses = ["08", "40", "53", "55", "57", "58"];

    /// <summary>
    /// Whether the content of one append caused the failure, so that the store refuses it: a violated constraint, too much data, a text that cannot be
    /// encoded. Excludes defects of own code.
    /// </summary>
    public static bool IsContent(Exception e) => e switch
    {
        PostgresException p => ContentClasses.Contains(p.SqlState[..2]),
        EncoderFallbackException or JsonException or InvalidDataException => true,
        _ => false,
    };

    /// <summary>Whether one append caused the failure and the database still works, so that the rest of the batch can be written without it.</summary>
    public static bool IsOfOneAppend(Exception e) => IsEngine(e) ? IsContent(e) : e is not OutOfMemoryException;

    /// <summary>Whether the transaction was rolled back because of another one, so that a retry may succeed at once.</summary>
    public static bool IsRolledBackForOthers(Exception e) =>
        e is PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure };

    /// <summary>Whether an event id or step that the writer treated as new existed already.</summary>
    public static bool IsTaken(Exception e) =>
        e is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: { } index }
        && (index.EndsWith("_event", StringComparison.Ordinal) || index.EndsWith("_step", StringComparison.Ordinal));

    /// <summary>
    /// Whether partitions could not be created for a reason that concerns only their day: a table name in use, or an operator's lock. The database still
    /// works.
    /// </summary>
    public static bool IsOfOneDay(PostgresException e) =>
        e.SqlState == PostgresErrorCodes.LockNotAvailable || e.SqlState.StartsWith("42", StringComparison.Ordinal);

    /// <summary>Whether a partition was missing: dropped or never created.</summary>
    public static bool IsMissingPartition(Exception e) => e is PostgresException { SqlState: PostgresErrorCodes.UndefinedTable };

    /// <summary>Whether a commit that failed this way may have been written: no answer arrived, or the server shut down while it answered.</summary>
    public static bool IsUncertain(Exception e) =>
        e is not PostgresException p || p.SqlState.StartsWith("57P", StringComparison.Ordinal) || p.SqlState[..2] == "08";

    public static bool IsEngine(Exception e) => e is NpgsqlException or SocketException or IOException or TimeoutException;

    public static StoreException ToStoreException(string operation, Exception e) => new(operation, Reason(e), IsTransient(e), e);

    public static string Reason(Exception e) => e switch
    {
        PostgresException p => $"PostgreSQL {p.SqlState}: {p.MessageText}",
        NpgsqlException { InnerException: { } inner } => $"PostgreSQL: {inner.Message}",
        _ when IsEngine(e) => e.Message,
        _ => $"{e.GetType().Name}: {e.Message}",
    };

    private static bool IsTransient(Exception e) => e is not PostgresException p || TransientClasses.Contains(p.SqlState[..2]);
}
