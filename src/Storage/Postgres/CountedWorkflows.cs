using System.Collections.Concurrent;
using ExecutionGrains.Rules;
using Npgsql;

namespace ExecutionGrains.Storage.Postgres;

/// <summary>The workflows that have figures of their own: the first 10,000 that are seen, on whichever silo; the others are counted as <c>other</c>.</summary>
internal sealed class CountedWorkflows
{
    public const string Total = "";
    public const string Other = "other";
    public const int WorkflowsMax = 10_000;

    private readonly ConcurrentDictionary<string, bool> counted = new(StringComparer.Ordinal);
    private volatile bool loaded;
    private volatile bool full;

    public string NameOf(string workflow) => Has(workflow) ? workflow : Other;

    /// <summary>Puts on record those that are new, before the commit that counts them: on record and not counted is harmless.</summary>
    public async Task LearnAsync(NpgsqlConnection connection, IReadOnlyList<Append> appends)
    {
        if (full || (loaded && Unknown(appends) is not { Count: > 0 }))
        {
            return;
        }

        if (!loaded)
        {
            await ReadAsync(connection, new NpgsqlBatchCommand(SqlText.Query("stat-workflows"))).ConfigureAwait(false);
            loaded = true;
        }

        if (Unknown(appends) is { Count: > 0 } unknown)
        {
            string[] stored = [.. unknown.Select(StoredText.Of)];
            await ReadAsync(
                connection,
                new NpgsqlBatchCommand(SqlText.Query("stat-workflow-insert")) { Parameters = { new() { Value = stored }, new() { Value = (long)WorkflowsMax } } },
                new NpgsqlBatchCommand(SqlText.Query("stat-workflow-find")) { Parameters = { new() { Value = stored } } }).ConfigureAwait(false);
            if (Unknown(appends) is { Count: > 0 })
            {
                await ReadAsync(connection, new NpgsqlBatchCommand(SqlText.Query("stat-workflows"))).ConfigureAwait(false);
                full = true;
            }
        }
    }

    /// <summary>By the name as it is stored: one that the engine cannot hold comes back as another.</summary>
    private bool Has(string workflow) => counted.ContainsKey(workflow) || counted.ContainsKey(UnicodeText.Sound(workflow));

    private HashSet<string>? Unknown(IReadOnlyList<Append> appends)
    {
        HashSet<string>? unknown = null;
        foreach (var append in appends)
        {
            foreach (var effect in append.Effects)
            {
                var workflow = effect switch
                {
                    Effect.Live live => live.Workflow,
                    Effect.Ended or Effect.Recount or Effect.Figure => append.State.Workflow,
                    _ => null,
                };
                if (workflow is not null && !Has(workflow))
                {
                    (unknown ??= new(StringComparer.Ordinal)).Add(workflow);
                }
            }
        }

        return unknown;
    }

    private async Task ReadAsync(NpgsqlConnection connection, params NpgsqlBatchCommand[] commands)
    {
        var batch = new NpgsqlBatch(connection);
        await using (batch.ConfigureAwait(false))
        {
            foreach (var command in commands)
            {
                batch.BatchCommands.Add(command);
            }

            var reader = await batch.ExecuteReaderAsync().ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync().ConfigureAwait(false))
                {
                    counted[new Row(reader).Text(0)] = true;
                }
            }
        }
    }
}
