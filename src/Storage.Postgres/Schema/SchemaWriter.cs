using System.Globalization;
using ExecutionGrains.Storage.Postgres.Statements;
using ExecutionGrains.Storage.Schema;
using ExecutionGrains.Storage.Serialization;
using Npgsql;

namespace ExecutionGrains.Storage.Postgres.Schema;

/// <summary>Migrates the schema of a database. One silo migrates at a time; the others wait.</summary>
internal sealed class SchemaWriter(NpgsqlConnection connection, DateTimeOffset now, CancellationToken cancel) : IMigrationTarget
{
    private const int EngineMin = 140_000;

    /// <summary>No command timeout: an interrupted migration would start over at the next start, so it may take as long as its tables need.</summary>
    private const int Unlimited = 0;

    /// <summary>How long a silo waits for another silo's migration. 600 s.</summary>
    private const int WaitSeconds = 600;

    public string Name => "the database";

    /// <exception cref="StoreException">The engine is too old or not encoded in UTF-8, or the schema is newer than the migrations.</exception>
    public static async Task MigrateAsync(NpgsqlConnection connection, IReadOnlyList<Migration> migrations, DateTimeOffset now, CancellationToken cancel)
    {
        await CheckEngineAsync(connection, cancel).ConfigureAwait(false);
        var schema = new SchemaWriter(connection, now, cancel);
        await schema.RunAsync("LockMigrations").ConfigureAwait(false);
        await schema.RunAsync("CreateSchemaVersion").ConfigureAwait(false);
        await MigrationRunner.RunAsync(schema, migrations).ConfigureAwait(false);
        await schema.RunAsync("UnlockMigrations").ConfigureAwait(false);
    }

    /// <summary>The version of a database whose table of versions is there. 0: no migration has run.</summary>
    public static async Task<int> VersionAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        var command = connection.Command(SqlText.Query("ReadSchemaVersion"));
        await using (command.ConfigureAwait(false))
        {
            return await command.ExecuteScalarAsync(cancel).ConfigureAwait(false) as int? ?? 0;
        }
    }

    public Task<int> VersionAsync() => VersionAsync(connection, cancel);

    public async Task ApplyAsync(Migration migration)
    {
        var transaction = await connection.BeginTransactionAsync(cancel).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            var command = new NpgsqlCommand(migration.Text, connection) { CommandTimeout = Unlimited };
            await using (command.ConfigureAwait(false))
            {
                await command.ExecuteNonQueryAsync(cancel).ConfigureAwait(false);
            }

            await RunAsync("WriteSchemaVersion", ("version", migration.Version), ("applied_at", UnixMicroseconds.From(now))).ConfigureAwait(false);
            await transaction.CommitAsync(cancel).ConfigureAwait(false);
        }
    }

    private static async Task CheckEngineAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        var engine = await connection.AllAsync(
            SqlText.Query("DescribeEngine"), row => (Number: row.Int(0), Version: row.Text(1), Encoding: row.Text(2)), cancel).ConfigureAwait(false);
        if (engine[0].Number < EngineMin)
        {
            throw Unfit(string.Create(CultureInfo.InvariantCulture, $"PostgreSQL {engine[0].Version} is too old: {EngineMin / 10_000} or newer is needed."));
        }

        if (engine[0].Encoding != "UTF8")
        {
            throw Unfit($"the database is encoded in {engine[0].Encoding}: create it with encoding UTF8.");
        }
    }

    private static StoreException Unfit(string reason) => new("use the database", reason, transient: false);

    private async Task RunAsync(string statement, params (string Name, object? Value)[] values)
    {
        var command = connection.Command(SqlText.Query(statement), values);
        command.CommandTimeout = WaitSeconds;
        await using (command.ConfigureAwait(false))
        {
            await command.ExecuteNonQueryAsync(cancel).ConfigureAwait(false);
        }
    }
}
