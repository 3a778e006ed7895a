using System.Globalization;
using System.Reflection;
using ExecutionGrains.Rules;
using ExecutionGrains.Storage;
using ExecutionGrains.Storage.Sqlite;
using Microsoft.Data.Sqlite;

namespace ExecutionGrains.Bench;

/// <summary>A store with many executions of the last 24 hours, written past the commit path: tables first, their indexes afterwards.</summary>
internal static class SeededStore
{
    /// <param name="path">The file; there is none yet.</param>
    /// <param name="now">Until when.</param>
    public static async Task<SqliteStore> OpenAsync(string path, int executions, DateTimeOffset now)
    {
        await using (var empty = new SqliteStore(new() { Path = path }))
        {
            await empty.MigrateAsync(CancellationToken.None);
            await empty.CommitAsync([new() { State = Typical(now), BaseRevision = 0, DueAt = null, Effects = [], CommitId = 1 }], CancellationToken.None);
        }

        Fill(path, executions, now);
        var store = new SqliteStore(new() { Path = path });
        await store.MigrateAsync(CancellationToken.None);
        return store;
    }

    private static void Fill(string path, int executions, DateTimeOffset now)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        Run(connection, "pragma journal_mode = off; pragma synchronous = off; pragma cache_size = -262144; pragma temp_store = memory");
        Run(connection, "create temp table typical as select * from executions; update typical set state = cast(state as text)");
        var indexes = Texts(connection, "select sql from sqlite_master where type = 'index' and tbl_name = 'executions' and sql is not null");
        var names = Texts(connection, "select name from sqlite_master where type = 'index' and tbl_name = 'executions' and sql is not null");
        Run(connection, "delete from executions; " + string.Join(' ', names.Select(n => $"drop index {n};")));
        var columns = Texts(connection, "select name from pragma_table_info('executions') order by cid");
        var named = File("seed-2-executions").Split('(', ')')[1].Split([',', '{', '\n'], StringSplitOptions.TrimEntries).ToHashSet(StringComparer.Ordinal);
        var others = string.Concat(columns.Where(c => !named.Contains(c)).Select(c => $", {c}"));
        foreach (var part in Assembly.GetExecutingAssembly().GetManifestResourceNames().Where(n => n.StartsWith("seed-", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            Table.Say($"{part} of {executions:N0} …");
            var micros = (now - DateTimeOffset.UnixEpoch).Ticks / 10;
            Run(connection, File(part)
                .Replace("{count}", executions.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
                .Replace("{now}", micros.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
                .Replace("{others}", others, StringComparison.Ordinal));
        }

        foreach (var (index, i) in indexes.Select((sql, i) => (sql, i)))
        {
            Table.Say($"index {i + 1} of {indexes.Count} …");
            Run(connection, index);
        }
    }

    private static string File(string part)
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(part)!);
        return reader.ReadToEnd();
    }

    private static ExecutionState Typical(DateTimeOffset now) => new()
    {
        Id = new("seed"),
        Namespace = "team-seed",
        CreatedBy = "scheduler",
        CreatedAt = now,
        Status = ExecutionStatus.Succeeded,
        Version = 40,
        Revision = 3,
        Attempts = 1,
        Worker = new("worker-17", "b1f3"),
        ClaimedAt = now,
        Followed = true,
        StartReported = true,
        StartedAt = now,
        TrackerStartedAt = now,
        TimeoutFrom = now,
        EndedAt = now,
        TrackerEndedAt = now,
        Outcome = Outcome.Success,
        Cause = Cause.Reported,
        Path = FinalizationPath.Completed,
        LastContactAt = now,
        LastStarted = new("step-18", "load", "sql", now, now, null, false),
        LastCompleted = new("step-18", "load", "sql", now, now, now, true),
        StepCount = 18,
        StepCost = 0.0375m,
        StepSequence = 18,
        HistorySequence = 40,
        Facts = new()
        {
            Workflow = "workflow-17",
            TriggerType = "schedule",
            HeartbeatTimeoutSeconds = 60,
            Labels = new() { ["region"] = "region-1", ["team"] = "crew-17" },
        },
    };

    private static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.CommandTimeout = 0;
        command.ExecuteNonQuery();
    }

    private static List<string> Texts(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var rows = command.ExecuteReader();
        var texts = new List<string>();
        while (rows.Read())
        {
            texts.Add(rows.GetString(0));
        }

        return texts;
    }
}
