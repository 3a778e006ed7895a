using System.Collections.Concurrent;
using Npgsql;

namespace ExecutionGrains.Storage.Postgres;

/// <summary>The partitions of what grows, one set per creation day: made ahead, and where one is missing, when it is first written to.</summary>
internal sealed class DayPartitions
{
    private readonly ConcurrentDictionary<long, bool> made = new();

    /// <summary>A partition was gone: whatever is believed is asked again.</summary>
    public void Forget() => made.Clear();

    /// <summary>Makes those that are missing, whoever comes first.</summary>
    /// <returns>A day that the engine refuses to make; null: all are there.</returns>
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
        var command = new NpgsqlCommand(SqlText.OfDay("partition-create", day), connection);
        await using (command.ConfigureAwait(false))
        {
            await command.ExecuteNonQueryAsync(cancel).ConfigureAwait(false);
        }
    }
}
