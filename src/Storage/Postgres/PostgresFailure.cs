using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Npgsql;

namespace ExecutionGrains.Storage.Postgres;

/// <summary>What a failure of the engine, or of the way to it, means.</summary>
internal static class PostgresFailure
{
    /// <summary>Classes of SQLSTATE that one row's content causes: bad data, a broken constraint, one row twice, too long.</summary>
    private static readonly string[] ContentClasses = ["21", "22", "23", "54"];

    /// <summary>
    /// Classes that pass: connection, rolled back for others, no room (disk full, too many connections), an operator stepped in, the disk itself.
    /// </summary>
    private static readonly string[] TransientClasses = ["08", "40", "53", "55", "57", "58"];

    /// <summary>
    /// Whether one append's content caused it, which the store refuses as such: what the schema forbids, what is too big, what cannot be
    /// encoded. A bug of ours is none of these.
    /// </summary>
    public static bool IsContent(Exception e) => e switch
    {
        PostgresException p => ContentClasses.Contains(p.SqlState[..2]),
        EncoderFallbackException or JsonException or InvalidDataException => true,
        _ => false,
    };

    /// <summary>Whether it came with one append and leaves the engine well, so that its neighbours can be written without it.</summary>
    public static bool IsOfOneAppend(Exception e) => IsEngine(e) ? IsContent(e) : e is not OutOfMemoryException;

    /// <summary>Whether the engine rolled back for the sake of another, and the same again may succeed at once.</summary>
    public static bool IsRolledBackForOthers(Exception e) =>
        e is PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure };

    /// <summary>Whether an event id or a step was there already, which the writer had taken for new.</summary>
    public static bool IsTaken(Exception e) =>
        e is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: { } index }
        && (index.EndsWith("_event", StringComparison.Ordinal) || index.EndsWith("_step", StringComparison.Ordinal));

    /// <summary>Whether a day's partitions could not be made for a reason of that day's: a name that is taken, an operator's lock on its tables. The engine is well.</summary>
    public static bool IsOfOneDay(PostgresException e) => e.SqlState == PostgresErrorCodes.LockNotAvailable || e.SqlState.StartsWith("42", StringComparison.Ordinal);

    /// <summary>Whether a partition was not there: dropped, or never made.</summary>
    public static bool IsMissingPartition(Exception e) => e is PostgresException { SqlState: PostgresErrorCodes.UndefinedTable };

    /// <summary>
    /// Whether a commit that failed like this may have been written all the same: no answer came, or the engine went while it answered.
    /// </summary>
    public static bool IsUncertain(Exception e) => e is not PostgresException p || p.SqlState.StartsWith("57P", StringComparison.Ordinal) || p.SqlState[..2] == "08";

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
