using Npgsql;

namespace ExecutionGrains.Storage.Postgres.Schema;

/// <summary>A day whose partitions cannot be created. Appends of that day are not written; those of other days are.</summary>
/// <param name="Day">Days since 1970-01-01 UTC.</param>
internal sealed record RefusedDay(long Day, PostgresException Reason);
