using System.Collections.Concurrent;
using ExecutionGrains.Rules;
using ExecutionGrains.Storage.Commits;
using ExecutionGrains.Storage.Postgres.Statements;
using ExecutionGrains.Storage.Stats;
using Npgsql;

namespace ExecutionGrains.Storage.Postgres.Commits;

/// <summary>The workflows that figures count separately (<see cref="CountedWorkflow"/>), as registered in the database by any silo.</summary>
internal sealed class CountedWorkflows
{
    private readonly ConcurrentDictionary<string, bool> counted = new(StringComparer.Ordinal);

    /// <summary>Namespaces that have reached the limit of 10,000 workflows.</summary>
    private readonly ConcurrentDictionary<string, bool> full = new(StringComparer.Ordinal);
    private volatile bool loaded;

    public string NameOf(string @namespace, string workflow) => Has(@namespace, workflow) ? workflow : CountedWorkflow.Overflow;

    /// <summary>Registers new workflows before the commit that counts them. If the commit fails, a registered workflow without counts does no harm.</summary>
    public async Task LearnAsync(NpgsqlConnection connection, IReadOnlyList<Append> appends)
    {
        if (loaded && Unknown(appends) is not { Count: > 0 })
        {
            return;
        }

        if (!loaded)
        {
            await ReadAsync(connection, Queries.BatchCommand(SqlText.Query("ListCountedWorkflows"))).ConfigureAwait(false);
            loaded = true;
        }

        if (Unknown(appends) is { Count: > 0 } unknown)
        {
            string[] names = [.. unknown.Select(u => CountedWorkflow.Name(u.Namespace, u.Workflow))];
            string[] prefixes = [.. unknown.Select(u => CountedWorkflow.Prefix(u.Namespace))];
            await ReadAsync(
                connection,
                Queries.BatchCommand(
                    SqlText.Query("InsertCountedWorkflows"), ("workflow", names), ("prefix", prefixes), ("workflow_max", (long)CountedWorkflow.Max)),
                Queries.BatchCommand(SqlText.Query("FindCountedWorkflows"), ("workflow", names))).ConfigureAwait(false);
            if (Unknown(appends) is { Count: > 0 } others)
            {
                // The list of these namespaces is full. Read it again: other silos may have added names that are not cached here. From now on it cannot grow.
                await ReadAsync(connection, Queries.BatchCommand(SqlText.Query("ListCountedWorkflows"))).ConfigureAwait(false);
                foreach (var (@namespace, _) in others)
                {
                    full[@namespace] = true;
                }
            }
        }
    }

    /// <summary>Compares in stored form: a name that the database cannot store comes back changed.</summary>
    private bool Has(string @namespace, string workflow) =>
        Has(CountedWorkflow.Name(@namespace, workflow)) || Has(workflow);

    private bool Has(string name) => counted.ContainsKey(name) || counted.ContainsKey(UnicodeText.ReplaceLoneSurrogates(name));

    private HashSet<(string Namespace, string Workflow)>? Unknown(IReadOnlyList<Append> appends)
    {
        HashSet<(string, string)>? unknown = null;
        foreach (var append in appends)
        {
            var @namespace = append.State.Namespace;
            foreach (var effect in append.Effects)
            {
                string[] workflows = effect switch
                {
                    Effect.ChangeLiveCount live => [live.Workflow],
                    Effect.CorrectStatistics recount => [recount.FromWorkflow, recount.ToWorkflow],
                    Effect.CountEndedEpoch or Effect.ChangeStatistic => [append.State.Workflow],
                    _ => [],
                };
                foreach (var workflow in workflows)
                {
                    if (!Has(@namespace, workflow) && !full.ContainsKey(@namespace))
                    {
                        (unknown ??= []).Add((@namespace, workflow));
                    }
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
