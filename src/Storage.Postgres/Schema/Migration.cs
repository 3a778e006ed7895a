using System.Globalization;
using ExecutionGrains.Storage.Postgres.Statements;
using ExecutionGrains.Storage.Serialization;
using Npgsql;

namespace ExecutionGrains.Storage.Postgres.Schema;

/// <summary>Updates the schema. Each migration runs in one transaction with its row in schema_version. One silo migrates at a time.</summary>
internal static class Migration
{
    private const int EngineMin = 140_000;

    /// <summary>No command timeout: an interrupted migration would start over at the next start, so it may take as long as its tables need.</summary>
    private const int Unlimited = 0;

    /// <summary>How long a silo waits for another silo's migration. 600 s.</summary>
    private const int WaitSeconds = 600;

    /// <exception cref="StoreException">The engine is too old or not encoded in UTF-8, or the schema is newer than the migrations.</exception>
    public static async Task ApplyAsync(
        NpgsqlConnection connection, IReadOnlyList<(int Version, string Text)> migrations, DateTimeOffset now, CancellationToken cancel)
    {
        await CheckEngineAsync(connection, cancel).ConfigureAwait(false);
        await RunAsync(connection, SqlText.Query("migration-lock"), cancel).ConfigureAwait(false);
        await RunAsync(connection, SqlText.Query("schema-version-create"), cancel).ConfigureAwait(false);
        var known = migrations.Max(m => m.Version);
        var current = await CurrentAsync(connection, cancel).ConfigureAwait(false);
        if (current > known)
        {
            throw new StoreException(
                "migrate the schema", $"the database has schema {current}, but this program knows up to {known}. Start a newer program.", transient: false);
        }

        foreach (var (version, text) in migrations.Where(m => m.Version > current))
        {
            var transaction = await connection.BeginTransactionAsync(cancel).ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                await RunAsync(connection, text, cancel, Unlimited, []).ConfigureAwait(false);
                await RunAsync(connection, SqlText.Query("schema-version-write"), cancel, version, UnixMicroseconds.From(now)).ConfigureAwait(false);
                await transaction.CommitAsync(cancel).ConfigureAwait(false);
            }
        }

        await RunAsync(connection, SqlText.Query("migration-unlock"), cancel).ConfigureAwait(false);
    }

    /// <summary>The schema version. 0: no migration has run.</summary>
    public static async Task<int> CurrentAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        var command = new NpgsqlCommand(SqlText.Query("schema-version-read"), connection);
        await using (command.ConfigureAwait(false))
        {
            return await command.ExecuteScalarAsync(cancel).ConfigureAwait(false) as int? ?? 0;
        }
    }

    private static async Task CheckEngineAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        var command = new NpgsqlCommand(SqlText.Query("engine-describe"), connection);
        await using (command.ConfigureAwait(false))
        {
            var reader = await command.ExecuteReaderAsync(cancel).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                await reader.ReadAsync(cancel).ConfigureAwait(false);
                var row = new Row(reader);
                if (row.Int(0) < EngineMin)
                {
                    throw Unfit(string.Create(CultureInfo.InvariantCulture, $"PostgreSQL {row.Text(1)} is too old: {EngineMin / 10_000} or newer is needed."));
                }

                if (row.Text(2) != "UTF8")
                {
                    throw Unfit($"the database is encoded in {row.Text(2)}: create it with encoding UTF8.");
                }
            }
        }
    }

    private static StoreException Unfit(string reason) => new("use the database", reason, transient: false);

    private static Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancel, params object[] values) =>
        RunAsync(connection, sql, cancel, WaitSeconds, values);

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancel, int timeoutSeconds, object[] values)
    {
        var command = new NpgsqlCommand(sql, connection) { CommandTimeout = timeoutSeconds };
        await using (command.ConfigureAwait(false))
        {
            foreach (var value in values)
            {
                command.Parameters.Add(new() { Value = value });
            }

            await command.ExecuteNonQueryAsync(cancel).ConfigureAwait(false);
        }
    }
}
