using System.Collections.Frozen;
using ExecutionGrains.Storage.Postgres.Statements;
using Npgsql;
using NpgsqlTypes;

namespace ExecutionGrains.Storage.Postgres.Commits;

/// <summary>
/// What one commit sends: a fixed order of set-based statements, of which those without rows are left out. They go to the server together and are one transaction.
/// Kept from commit to commit of one connection: to make their parameters anew took a third of a millisecond.
/// </summary>
/// <param name="shard">The writer's own rows of the figures.</param>
internal sealed class CommitBatch(int shard)
{
    /// <summary>Statements per day that follow the executions' rows, because they refer to them.</summary>
    private static readonly string[] OfDays =
    [
        "steps-close", "step-insert", "history-insert", "log-insert", "evidence-insert", "rejection-upsert", "final-payload-upsert",
    ];

    private const long NoDay = long.MinValue;

    /// <summary>Number of cached commands. The cache is cleared beyond it, because commands of past days are not used again.</summary>
    private const int KeptMax = 100;

    private static readonly NpgsqlDbType[] History =
    [
        NpgsqlDbType.Integer, NpgsqlDbType.Bigint, NpgsqlDbType.Bigint, NpgsqlDbType.Bigint, NpgsqlDbType.Integer, NpgsqlDbType.Text, NpgsqlDbType.Text,
        NpgsqlDbType.Integer, NpgsqlDbType.Integer, NpgsqlDbType.Text, NpgsqlDbType.Text, NpgsqlDbType.Bytea, NpgsqlDbType.Bytea, NpgsqlDbType.Bigint,
    ];

    /// <summary>Types of the columns that the end of a step may change.</summary>
    private static readonly NpgsqlDbType[] Step =
    [
        NpgsqlDbType.Text, NpgsqlDbType.Text, NpgsqlDbType.Text, NpgsqlDbType.Text, NpgsqlDbType.Bigint, NpgsqlDbType.Bigint, NpgsqlDbType.Bigint,
        NpgsqlDbType.Bigint, NpgsqlDbType.Text, NpgsqlDbType.Bigint,
        NpgsqlDbType.Bytea, NpgsqlDbType.Bytea, NpgsqlDbType.Bytea, NpgsqlDbType.Bytea, NpgsqlDbType.Bytea,
    ];

    /// <summary>Column types of the sets that the update statement takes as parameters. They are sent even without rows.</summary>
    private static readonly FrozenDictionary<string, NpgsqlDbType[]> WithUpdate = new Dictionary<string, NpgsqlDbType[]>
    {
        ["listed"] =
        [
            NpgsqlDbType.Text, NpgsqlDbType.Text, NpgsqlDbType.Text, NpgsqlDbType.Text, NpgsqlDbType.Integer, NpgsqlDbType.Bigint, NpgsqlDbType.Bigint,
            NpgsqlDbType.Text, NpgsqlDbType.Text,
            NpgsqlDbType.Text, NpgsqlDbType.Bigint, NpgsqlDbType.Text, NpgsqlDbType.Bigint, NpgsqlDbType.Text,
        ],
        ["new-events"] = [NpgsqlDbType.Integer, NpgsqlDbType.Text, NpgsqlDbType.Integer],
        ["new-steps"] = [NpgsqlDbType.Integer, NpgsqlDbType.Integer, NpgsqlDbType.Text, NpgsqlDbType.Integer],
        ["new-rejections"] = [NpgsqlDbType.Integer, NpgsqlDbType.Text, NpgsqlDbType.Integer, NpgsqlDbType.Text],
        ["history"] = History,
        ["steps-begun"] =
        [
            NpgsqlDbType.Integer, NpgsqlDbType.Integer, NpgsqlDbType.Text, NpgsqlDbType.Integer, NpgsqlDbType.Integer, NpgsqlDbType.Integer, .. Step,
        ],
        ["steps-changed"] = [NpgsqlDbType.Integer, NpgsqlDbType.Integer, NpgsqlDbType.Text, NpgsqlDbType.Integer, .. Step],
    }.ToFrozenDictionary();

    private readonly Dictionary<(string Name, long Day), RowSet> sets = [];
    private readonly Dictionary<(string Name, long Day, UpdateParts Parts), NpgsqlBatchCommand> commands = [];
    private readonly SortedSet<long> days = [];

    /// <summary>The creation days that have rows.</summary>
    public IReadOnlyCollection<long> Days => days;

    /// <summary>Whether labels change, or a value that is part of a label row's index entry.</summary>
    public bool Relabels { get; set; }

    /// <summary>Whether a value changes that lists show. Set before rows are added, for all of them.</summary>
    public bool Relists { get; set; }

    /// <summary>Starts a row of the named statement.</summary>
    public RowSet this[string name, long day = NoDay]
    {
        get
        {
            var set = Set(name, day);
            if (set.IsEmpty && day != NoDay)
            {
                days.Add(day);
            }

            return set.Row();
        }
    }

    /// <summary>Removes all rows.</summary>
    public void Clear()
    {
        days.Clear();
        (Relabels, Relists) = (false, false);
        if (commands.Count > KeptMax)
        {
            commands.Clear();
            sets.Clear();
        }

        foreach (var set in sets.Values)
        {
            set.Clear();
        }
    }

    public void AddTo(NpgsqlBatch batch)
    {
        foreach (var day in days)
        {
            Add(batch, "execution-update", day, Parts(day));
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
        // Last, because every commit of this writer updates these rows: they stay locked only briefly, and always in the same order.
        Add(batch, "stat-add");
        Add(batch, "stat-duration-add");
        Add(batch, "live-add");
    }

    private UpdateParts Parts(long day) =>
        (Asking(day).All(set => set.IsEmpty) ? UpdateParts.None : UpdateParts.Asked) | (Relabels ? UpdateParts.Relabelled : UpdateParts.None)
        | (Relists ? UpdateParts.Relisted : UpdateParts.None);

    /// <summary>The sets of ids to check before writing.</summary>
    private RowSet[] Asking(long day) => [Set("new-events", day), Set("new-steps", day), Set("new-rejections", day)];

    private void Add(NpgsqlBatch batch, string name, long day = NoDay, UpdateParts parts = UpdateParts.None)
    {
        if (!sets.TryGetValue((name, day), out var rows) || rows.IsEmpty)
        {
            return;
        }

        if (!commands.TryGetValue((name, day, parts), out var command))
        {
            commands[(name, day, parts)] = command = Command(name, day, parts, rows);
        }

        batch.BatchCommands.Add(command);
    }

    private NpgsqlBatchCommand Command(string name, long day, UpdateParts parts, RowSet rows)
    {
        var command = new NpgsqlBatchCommand(day == NoDay ? SqlText.Query(name) : SqlText.OfDay(name, day, parts));
        if (name == "execution-update")
        {
            // Parameters are numbered: those of «listed» follow those of «asked». If only «listed» has rows, the sets of «asked» are sent empty.
            foreach (var set in (RowSet[])[
                rows, Set("history", day), Set("steps-begun", day), Set("steps-changed", day),
                .. parts == UpdateParts.None ? [] : Asking(day),
                .. parts.HasFlag(UpdateParts.Relisted) ? [Set("listed", day)] : Array.Empty<RowSet>()])
            {
                set.AddTo(command);
            }
        }
        else
        {
            rows.AddTo(command);
            if (name is "stat-add" or "stat-duration-add" or "live-add")
            {
                command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = shard });
            }
        }

        return command;
    }

    private RowSet Set(string name, long day)
    {
        if (!sets.TryGetValue((name, day), out var set))
        {
            sets[(name, day)] = set = new(WithUpdate.GetValueOrDefault(name, []));
        }

        return set;
    }
}
