using Npgsql;

namespace ExecutionGrains.Storage.Postgres;

/// <summary>A day whose partitions cannot be made: what belongs to it is not written, what belongs to others is.</summary>
/// <param name="Day">Since 1970.</param>
internal sealed record RefusedDay(long Day, PostgresException Reason);
