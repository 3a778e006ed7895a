using System.Collections.Concurrent;
using ExecutionGrains.Storage.Postgres.Statements;
using Npgsql;

namespace ExecutionGrains.Storage.Postgres.Schema;

/// <summary>Partitions of the growing tables, one set per creation day. Created ahead of time, or before the first write if one is missing.</summary>
internal sealed class DayPartitions
{
    private readonly ConcurrentDictionary<long, bool> made = new();

    /// <summary>Clears the cache of existing partitions, because one was missing.</summary>
    public void Forget() => made.Clear();

    /// <summary>Creates missing partitions. Safe if several silos do so at once.</summary>
    /// <returns>A day whose partitions the database refuses to create. Null: all exist.</returns>
    public async Task<RefusedDay?> EnsureAsync(NpgsqlConnection connection, IReadOnlyCollection<long> days, CancellationToken cancel)
    {
        foreach (var day in days)
        {
            if (made.ContainsKey(day))
            {
                continue;
            }

            try
            {
                await MakeAsync(connection, day, cancel).ConfigureAwait(false);
            }
            catch (PostgresException e) when (PostgresFailure.IsOfOneDay(e))
            {
                return new(day, e);
            }

            made[day] = true;
        }

        return null;
    }

    private static async Task MakeAsync(NpgsqlConnection connection, long day, CancellationToken cancel)
    {
        await connection.RunAsync(SqlText.OfDay("CreatePartitions", day), cancel).ConfigureAwait(false);
    }
}
