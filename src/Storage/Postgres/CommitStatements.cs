using Npgsql;
using NpgsqlTypes;

namespace ExecutionGrains.Storage.Postgres;

/// <summary>
/// What one commit sends: a fixed order of set-based statements, of which those without rows are left out. They go to the server together and are one transaction.
/// </summary>
internal sealed class CommitStatements
{
    /// <summary>After the rows: what hangs on them. Steps are closed first, so that a step's own row, which comes after it, has the last word.</summary>
    private static readonly string[] OfDays =
    [
        "steps-close", "step-insert", "step-update", "history-insert", "log-insert", "evidence-insert", "rejection-upsert", "final-payload-upsert",
    ];

    private const long NoDay = long.MinValue;
    // The columns of what goes with a row's update, for when there is none of it.
    private static readonly NpgsqlDbType[] NewEvents = [NpgsqlDbType.Text, NpgsqlDbType.Text];
    private static readonly NpgsqlDbType[] NewSteps = [NpgsqlDbType.Text, NpgsqlDbType.Integer, NpgsqlDbType.Text];
    private static readonly NpgsqlDbType[] NewRejections = [NpgsqlDbType.Text, NpgsqlDbType.Text, NpgsqlDbType.Text];
    private static readonly NpgsqlDbType[] History =
    [
        NpgsqlDbType.Text, NpgsqlDbType.Bigint, NpgsqlDbType.Bigint, NpgsqlDbType.Bigint, NpgsqlDbType.Integer, NpgsqlDbType.Text, NpgsqlDbType.Text,
        NpgsqlDbType.Text, NpgsqlDbType.Text, NpgsqlDbType.Bytea, NpgsqlDbType.Boolean, NpgsqlDbType.Bytea, NpgsqlDbType.Bigint,
    ];

    private readonly Dictionary<(string Name, long Day), RowSet> sets = [];
    private readonly SortedSet<long> days = [];

    public IReadOnlyCollection<long> Days => days;

    public RowSet this[string name, long day = NoDay]
    {
        get
        {
            if (!sets.TryGetValue((name, day), out var set))
            {
                sets[(name, day)] = set = new();
                if (day != NoDay)
                {
                    days.Add(day);
                }
            }

            return set.Row();
        }
    }

    /// <param name="shard">The writer's own rows of the figures.</param>
    public void AddTo(NpgsqlBatch batch, int shard)
    {
        foreach (var day in days)
        {
            AddUpdates(batch, day);
        }

        Add(batch, "execution-insert");
        foreach (var day in days)
        {
            foreach (var name in OfDays)
            {
                Add(batch, name, day);
            }
        }

        Add(batch, "audit-insert");
        // Last: rows that every commit of this writer changes, in one order.
        Add(batch, "stat-add", NoDay, shard);
        Add(batch, "stat-duration-add", NoDay, shard);
        Add(batch, "live-add", NoDay, shard);
    }

    private void AddUpdates(NpgsqlBatch batch, long day)
    {
        if (!sets.TryGetValue(("execution-update", day), out var rows))
        {
            return;
        }

        var command = new NpgsqlBatchCommand(SqlText.OfDay("execution-update", day));
        Rows("new-events", NewEvents);
        Rows("new-steps", NewSteps);
        Rows("new-rejections", NewRejections);
        rows.AddTo(command);
        Rows("history", History);
        batch.BatchCommands.Add(command);

        void Rows(string name, NpgsqlDbType[] types)
        {
            if (sets.TryGetValue((name, day), out var some))
            {
                some.AddTo(command);
                return;
            }

            foreach (var type in types)
            {
                command.Parameters.Add(RowSet.Empty(type));
            }
        }
    }

    private void Add(NpgsqlBatch batch, string name, long day = NoDay, int? shard = null)
    {
        if (!sets.TryGetValue((name, day), out var rows))
        {
            return;
        }

        var command = new NpgsqlBatchCommand(day == NoDay ? SqlText.Query(name) : SqlText.OfDay(name, day));
        rows.AddTo(command);
        if (shard is { } own)
        {
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = own });
        }

        batch.BatchCommands.Add(command);
    }
}
