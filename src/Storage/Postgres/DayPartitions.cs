using System.Collections.Concurrent;
using Npgsql;

namespace ExecutionGrains.Storage.Postgres;

/// <summary>The partitions of what grows, one set per creation day: made ahead, and where one is missing, when it is first written to.</summary>
internal sealed class DayPartitions
{
    private readonly ConcurrentDictionary<long, bool> made = new();

    public bool Has(long day) => made.ContainsKey(day);

    /// <summary>A partition was gone: whatever is believed is asked again.</summary>
    public void Forget() => made.Clear();

    /// <summary>Makes those that are missing, whoever comes first.</summary>
    public async Task EnsureAsync(NpgsqlConnection connection, IReadOnlyCollection<long> days, CancellationToken cancel)
    {
        foreach (var day in days)
        {
            if (!Has(day))
            {
                await MakeAsync(connection, day, cancel).ConfigureAwait(false);
                made[day] = true;
            }
        }
    }

    private static async Task MakeAsync(NpgsqlConnection connection, long day, CancellationToken cancel)
    {
        if (await ExistsAsync(connection, day, cancel).ConfigureAwait(false))
        {
            return;
        }

        var transaction = await connection.BeginTransactionAsync(cancel).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            await RunAsync(connection, SqlText.Query("partition-lock"), cancel).ConfigureAwait(false);
            if (!await ExistsAsync(connection, day, cancel).ConfigureAwait(false))
            {
                await RunAsync(connection, SqlText.OfDay("partition-create", day), cancel).ConfigureAwait(false);
            }

            await transaction.CommitAsync(cancel).ConfigureAwait(false);
        }
    }

    private static async Task<bool> ExistsAsync(NpgsqlConnection connection, long day, CancellationToken cancel)
    {
        var command = new NpgsqlCommand(SqlText.OfDay("partition-exists", day), connection);
        await using (command.ConfigureAwait(false))
        {
            return (bool)(await command.ExecuteScalarAsync(cancel).ConfigureAwait(false))!;
        }
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        var command = new NpgsqlCommand(sql, connection);
        await using (command.ConfigureAwait(false))
        {
            await command.ExecuteNonQueryAsync(cancel).ConfigureAwait(false);
        }
    }
}
