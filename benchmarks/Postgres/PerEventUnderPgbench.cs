using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using ExecutionGrains.Testing;
using Npgsql;

namespace ExecutionGrains.Bench.Postgres;

/// <summary>The baseline on PostgreSQL: per-event.sql under <c>pgbench -M prepared -c 16 -j 2</c>.</summary>
internal sealed partial class PerEventUnderPgbench
{
    public const int Clients = 16;

    private readonly NpgsqlConnectionStringBuilder _database;
    private readonly string _script;

    private PerEventUnderPgbench(string database, string script) => (_database, _script) = (new(database), script);

    public static async Task<PerEventUnderPgbench> MakeAsync(string database, string directory)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        foreach (var sql in new[] { SeedScripts.Read("per-event-schema"), "vacuum analyze" })
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync();
        }

        var script = Path.Combine(directory, "per-event.sql");
        await File.WriteAllTextAsync(script, SeedScripts.Read("per-event"));
        return new(database, script);
    }

    /// <summary>Runs pgbench. The rate excludes the time that its connections take to open.</summary>
    public async Task<MeasuredSlice> MeasureAsync(TimeSpan time)
    {
        var seconds = Math.Ceiling(time.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        var start = new ProcessStartInfo(PostgresServer.Program("pgbench"),
        [
            "-n", "-M", "prepared", "-c", Clients.ToString(CultureInfo.InvariantCulture), "-j", "2", "-T", seconds, "-f", _script,
            "-h", _database.Host!, "-p", _database.Port.ToString(CultureInfo.InvariantCulture), "-U", _database.Username!, _database.Database!,
        ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var pgbench = Process.Start(start)!;
        var (output, error) = (pgbench.StandardOutput.ReadToEndAsync(), pgbench.StandardError.ReadToEndAsync());
        await pgbench.WaitForExitAsync();
        if (pgbench.ExitCode != 0
            || Processed().Match(await output) is not { Success: true } processed || Rate().Match(await output) is not { Success: true } rate)
        {
            throw new InvalidOperationException($"pgbench failed: {await output} {await error}");
        }

        var count = long.Parse(processed.Groups[1].Value, CultureInfo.InvariantCulture);
        return new(count, TimeSpan.FromSeconds(count / double.Parse(rate.Groups[1].Value, CultureInfo.InvariantCulture)));
    }

    [GeneratedRegex(@"actually processed: (\d+)")]
    private static partial Regex Processed();

    [GeneratedRegex(@"tps = ([0-9.]+) \(without")]
    private static partial Regex Rate();
}
