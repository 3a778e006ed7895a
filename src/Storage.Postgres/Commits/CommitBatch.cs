using ExecutionGrains.Storage.Postgres.Statements;
using Npgsql;

namespace ExecutionGrains.Storage.Postgres.Commits;

/// <summary>
/// The statements of one commit: set-based, in a fixed order, without those that have no rows. They go to the server together and are one transaction. A
/// connection keeps them from commit to commit, because making their parameters anew took a third of a millisecond.
/// </summary>
/// <param name="shard">The writer's own rows of the figures.</param>
internal sealed class CommitBatch(int shard)
{
    /// <summary>Statements per day that follow the executions' rows, because they refer to them.</summary>
    private static readonly string[] OfDays =
    [
        "CloseSteps", "InsertSteps", "InsertHistory", "InsertLogs", "InsertEvidence", "UpsertRejections", "UpsertFinalPayloads",
    ];

    private const long NoDay = long.MinValue;

    /// <summary>Number of cached commands. The cache is cleared beyond it, because commands of past days are not used again.</summary>
    private const int KeptMax = 100;

    /// <summary>
    /// Sets of rows that go with the rows of <see cref="Update"/>: their columns are the parameters of that statement that begin so. They are sent without
    /// rows, too.
    /// </summary>
    public const string Lines = "line_", StepsBegun = "begun_", StepsChanged = "changed_", Listed = "listed_", NewEvents = "new_event_", NewSteps = "new_step_",
        NewRejections = "new_rejection_";

    public const string Update = "UpdateExecutions";

    private static readonly string[] WithUpdate = [Lines, StepsBegun, StepsChanged, Listed, NewEvents, NewSteps, NewRejections];

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
            Add(batch, Update, day, Parts(day));
        }

        Add(batch, "InsertExecutions");
        foreach (var day in days)
        {
            foreach (var name in OfDays)
            {
                Add(batch, name, day);
            }
        }

        Add(batch, "InsertAudits");
        // Last, because every commit of this writer updates these rows: they stay locked only briefly, and always in the same order.
        Add(batch, "AddStats");
        Add(batch, "AddDurations");
        Add(batch, "AddLive");
    }

    private UpdateParts Parts(long day) =>
        (Asking(day).All(set => set.IsEmpty) ? UpdateParts.None : UpdateParts.Asked) | (Relabels ? UpdateParts.Relabelled : UpdateParts.None)
        | (Relists ? UpdateParts.Relisted : UpdateParts.None);

    /// <summary>The sets of ids to check before writing.</summary>
    private RowSet[] Asking(long day) => [Set(NewEvents, day), Set(NewSteps, day), Set(NewRejections, day)];

    private void Add(NpgsqlBatch batch, string name, long day = NoDay, UpdateParts parts = UpdateParts.None)
    {
        if (!sets.TryGetValue((name, day), out var rows) || rows.IsEmpty)
        {
            return;
        }

        if (!commands.TryGetValue((name, day, parts), out var command))
        {
            commands[(name, day, parts)] = command = Command(name, day, parts);
        }

        batch.BatchCommands.Add(command);
    }

    private NpgsqlBatchCommand Command(string name, long day, UpdateParts parts)
    {
        var sql = Sql(name, day, parts);
        var command = new NpgsqlBatchCommand(sql.Text);
        foreach (var (parameter, element) in sql.Parameters)
        {
            command.Parameters.Add(element is null ? Shard(parameter!) : Column(name, day, parameter!));
        }

        return command;
    }

    private NpgsqlParameter<int> Shard(string parameter) =>
        parameter == "shard" ? new() { TypedValue = shard } : throw new InvalidOperationException($"A commit knows nothing of {parameter}.");

    private NpgsqlParameter Column(string name, long day, string parameter) => name == Update && Prefix(parameter) is { } set
        ? Set(set, day).Parameter(parameter[set.Length..])
        : Set(name, day).Parameter(parameter);

    private static string? Prefix(string parameter) => Array.Find(WithUpdate, prefix => parameter.StartsWith(prefix, StringComparison.Ordinal));

    private RowSet Set(string name, long day)
    {
        if (!sets.TryGetValue((name, day), out var set))
        {
            sets[(name, day)] = set = name == Update || WithUpdate.Contains(name) ? SetOfUpdate(name, day) : new(Sql(name, day));
        }

        return set;
    }

    /// <summary>All parts of the statement tell which columns there are.</summary>
    private static RowSet SetOfUpdate(string name, long day) => new(
        from parameter in Sql(Update, day, UpdateParts.Asked | UpdateParts.Relabelled | UpdateParts.Relisted).Parameters
        let prefix = Prefix(parameter.Name!)
        where name == (prefix ?? Update)
        select parameter with { Name = string.Intern(parameter.Name![(prefix?.Length ?? 0)..]) });

    private static NumberedSql Sql(string name, long day, UpdateParts parts = UpdateParts.None) =>
        day == NoDay ? SqlText.Query(name) : SqlText.OfDay(name, day, parts);
}
