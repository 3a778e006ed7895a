using System.Text;

namespace ExecutionGrains.Storage;

/// <summary>A list's filters as clauses of SQL with their values, and as one text that a cursor is tied to.</summary>
internal sealed class ListFilter
{
    private readonly Dictionary<string, string[]> equal = new(StringComparer.Ordinal);
    private readonly ListDialect dialect;
    private readonly EpochPart part;
    private readonly string? epochLabel;

    public ListFilter(ExecutionFilter filter, ListDialect dialect)
        : this(filter, dialect, EpochPart.Any, null)
    {
    }

    /// <param name="epochLabel">The label that leads to the executions of <see cref="EpochPart.Earlier"/>.</param>
    private ListFilter(ExecutionFilter filter, ListDialect dialect, EpochPart part, string? epochLabel)
    {
        (Filter, this.dialect, this.part, this.epochLabel) = (filter, dialect, part, epochLabel);
        Labels =
        [
            .. filter.Label,
            .. filter.Parent is [var parent] ? [new(ParentLabel, parent)] : Array.Empty<KeyValuePair<string, string>>(),
            .. epochLabel is not null ? [new(epochLabel, string.Empty)] : Array.Empty<KeyValuePair<string, string>>(),
        ];
        var namespaces = Namespaces(filter);
        IsEmpty = namespaces is { Length: 0 };
        AddWords("status", filter.Status, filter.EpochStatus);
        Add("workflow", filter.Workflow);
        Add("namespace", namespaces ?? []);
        AddWords("cause", filter.Cause, filter.EpochCause);
        Add("worker_id", filter.Worker);
        Add("triggered_by", filter.TriggeredBy);
        Add("resolution", filter.Resolution.Select(r => r.Word()));
        Canonical = string.Join('\u001f', CanonicalParts());
    }

    /// <summary>Which of an execution's ended epochs a part of the list is asked for.</summary>
    private enum EpochPart
    {
        /// <summary>The filter does not ask for epochs, or is not split yet.</summary>
        Any,

        /// <summary>The current one, which the columns of the row tell of.</summary>
        Current,

        /// <summary>Those before it, which a label leads to.</summary>
        Earlier,
    }

    /// <summary>The key of the row by which an execution's parent stands among its labels: no label's own key holds <c>=</c>.</summary>
    public const string ParentLabel = "=parent";

    public ExecutionFilter Filter { get; }

    /// <summary>The labels asked for, the parent among them where there is one.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Labels { get; }

    /// <summary>When the executions asked for were made.</summary>
    public CreationRange Created => new(Filter.CreatedAfter, Filter.CreatedBefore);

    public bool HasCreated => (Filter.CreatedAfter ?? Filter.CreatedBefore) is not null;

    /// <summary>Whether nothing can match: what is asked for is not visible.</summary>
    public bool IsEmpty { get; private set; }

    public string Canonical { get; }

    /// <summary>Values per column; only columns that are filtered.</summary>
    public IReadOnlyDictionary<string, string[]> Equal => equal;

    /// <summary>Of the workflows asked for those that begin so; null where none is asked for. As bytes, which is how the stores compare.</summary>
    public string[]? Begun(string prefix) => equal.TryGetValue("workflow", out var asked)
        ? [.. asked.Where(workflow => Encoding.UTF8.GetBytes(workflow).AsSpan().StartsWith(Encoding.UTF8.GetBytes(prefix)))]
        : null;

    /// <summary>The order of the list where it is not that of creation.</summary>
    public ListOrder? Order => ListOrder.Of(Filter.Sort);

    /// <summary>
    /// What the list is the union of: itself, or, where it asks for ended epochs, the executions whose current epoch is asked for, and those with such an
    /// earlier one.
    /// </summary>
    public IReadOnlyList<ListFilter> Parts()
    {
        if (!Filter.HasEpoch || part != EpochPart.Any)
        {
            return [this];
        }

        string[] labels =
        [
            .. Filter.EpochStatus.Count > 0 ? Filter.EpochStatus.Distinct().Select(EpochRows.Of)
                : Filter.EpochCause.Count > 0 ? Filter.EpochCause.Distinct().Select(EpochRows.Of)
                : [EpochRows.Any],
        ];
        var current = new ListFilter(Filter, dialect, EpochPart.Current, null);
        return [.. labels.Select(label => new ListFilter(Filter, dialect, EpochPart.Earlier, label)).Prepend(current).Where(one => !one.IsEmpty)];
    }

    /// <summary>The same part of another list.</summary>
    public ListFilter With(ExecutionFilter filter) => new(filter, dialect, part, epochLabel);

    /// <summary>The ranges of orders that the filter asks for, but that of the start.</summary>
    public IEnumerable<ListRange> Ranges()
    {
        if (part == EpochPart.Current && (Filter.EpochEndedAfter ?? Filter.EpochEndedBefore) is not null)
        {
            yield return new(ListOrder.Closed, Micros.From(Filter.EpochEndedAfter), Micros.From(Filter.EpochEndedBefore));
        }

        if ((Filter.EndedAfter ?? Filter.EndedBefore) is not null)
        {
            yield return new(ListOrder.Ended, Micros.From(Filter.EndedAfter), Micros.From(Filter.EndedBefore));
        }

        if (Filter.DurationMin is { } duration)
        {
            yield return new(ListOrder.Duration, duration.Ticks / TimeSpan.TicksPerMicrosecond, null);
        }
    }

    /// <summary>The range of the list's own order, without bounds where the filter has none.</summary>
    public ListRange Range(ListOrder order) => order == ListOrder.Started
        ? new(order, Micros.From(Filter.StartedAfter), Micros.From(Filter.StartedBefore))
        : Ranges().FirstOrDefault(range => range.Order == order) ?? new(order, null, null);

    /// <summary>The order's value as SQL.</summary>
    public string Value(ListOrder order) => dialect.Value(order);

    /// <summary>What an index of an order holds besides, and the filter asks.</summary>
    public SqlClause Covered()
    {
        var clause = new SqlClause();
        foreach (var column in Covering)
        {
            if (equal.TryGetValue(column, out var values))
            {
                clause.And($"{column} in ({string.Join(", ", values.Select(_ => "?"))})", values);
            }
        }

        return clause;
    }

    /// <summary>The columns of <see cref="Covered"/>.</summary>
    public static readonly string[] Covering = ["status", "workflow", "namespace"];

    public bool HasTime => Filter.StartedAfter is not null || Filter.StartedBefore is not null;

    /// <summary>What is left to ask of a row when <paramref name="driven"/> columns and the <paramref name="label"/> are settled by the index.</summary>
    public SqlClause Residual(ReadOnlySpan<string> driven, KeyValuePair<string, string>? label = null)
    {
        var clause = new SqlClause();
        foreach (var (column, values) in equal)
        {
            if (!driven.Contains(column))
            {
                clause.And($"{column} in ({string.Join(", ", values.Select(_ => "?"))})", values).Of(column);
            }
        }

        if (Filter.Late && !driven.Contains("late_count"))
        {
            clause.And("late_count > 0").Of("late_count");
        }

        if (HasTime && !driven.Contains("started_at"))
        {
            clause.And(Time());
        }

        if (Filter.Prefix is { Length: > 0 } prefix && !driven.Contains("prefix"))
        {
            clause.And(dialect.Begins(prefix)).Of("workflow");
        }

        // Of a label's rows their own place is asked: a row that has not the other label costs no visit to its execution.
        var place = label is null
            ? "x.created_at = executions_row.created_at and x.execution_id = executions_row.id"
            : "x.created_at = l.created_at and x.execution_id = l.execution_id";
        foreach (var (key, value) in Labels.Where(l => !l.Equals(label)))
        {
            clause.And(
                $"exists (select 1 from execution_labels as x where x.key = ? and x.value = ? and x.facet = '' and {place})",
                key,
                value);
        }

        if (Filter.Parent.Count > 1)
        {
            var marks = string.Join(", ", Filter.Parent.Select(_ => "?"));
            clause.And(
                $"exists (select 1 from execution_labels as x where x.key = ? and x.value in ({marks}) and x.facet = '' and {place})",
                [ParentLabel, .. Filter.Parent]);
        }

        foreach (var key in Filter.HasLabel)
        {
            clause.And(dialect.HasLabel(key)).Of("labels");
        }

        foreach (var range in Ranges())
        {
            if (!driven.Contains(range.Order.Name))
            {
                clause.And(range.Clause(dialect.ValueOfRow(range.Order))).Of(range.Order.Name);
            }
        }

        return Epoch(clause);
    }

    /// <summary>What a walk from another order than the list's is asked beside <see cref="Residual"/>: when it was made.</summary>
    public SqlClause ResidualAnyOrder(params ReadOnlySpan<string> driven)
    {
        var clause = Residual(driven);
        if (Filter.CreatedAfter is { } after)
        {
            clause.And("executions_row.created_at >= ?", Micros.From(after));
        }

        return Filter.CreatedBefore is { } before ? clause.And("executions_row.created_at < ?", Micros.From(before)) : clause;
    }

    /// <summary>From the first, before the second.</summary>
    public SqlClause Time()
    {
        var clause = new SqlClause().Of("started_at");
        if (Filter.StartedAfter is { } after)
        {
            clause.And("started_at >= ?", Micros.From(after));
        }

        if (Filter.StartedBefore is { } before)
        {
            clause.And("started_at < ?", Micros.From(before));
        }

        return clause;
    }

    /// <summary>
    /// Of the current epoch, whether it ended at all, where neither a status nor a range says so; of the earlier ones, whether one is as asked.
    /// </summary>
    private SqlClause Epoch(SqlClause clause)
    {
        switch (part)
        {
            case EpochPart.Current when Filter.EpochStatus.Count == 0 && Ranges().All(range => range.Order != ListOrder.Closed):
                return clause.And("executions_row.closed_at is not null").Of("closed_at");
            case EpochPart.Earlier:
                var asked = new SqlClause().And("true");
                AndIn(asked, "was.status", Filter.EpochStatus.Select(s => s.Word()));
                AndIn(asked, "was.cause", Filter.EpochCause.Select(c => c.Word()));
                if (Filter.EpochEndedAfter is { } after)
                {
                    asked.And("was.at >= ?", Micros.From(after));
                }

                if (Filter.EpochEndedBefore is { } before)
                {
                    asked.And("was.at < ?", Micros.From(before));
                }

                return clause.And($"exists (select 1 from {dialect.Epochs} where {asked.Sql})", [.. asked.Values]).Of("epochs");
            default:
                return clause;
        }
    }

    private static void AndIn(SqlClause clause, string column, IEnumerable<string> values)
    {
        if (values.Distinct(StringComparer.Ordinal).ToArray() is { Length: > 0 } some)
        {
            clause.And($"{column} in ({string.Join(", ", some.Select(_ => "?"))})", some);
        }
    }

    private static string[]? Namespaces(ExecutionFilter filter) => filter.VisibleNamespaces is not { } visible
        ? (filter.Namespace.Count > 0 ? [.. filter.Namespace] : null)
        : [.. filter.Namespace.Count > 0 ? filter.Namespace.Intersect(visible, StringComparer.Ordinal) : visible];

    /// <summary>Of the current epoch, what is asked of the execution and what of the epoch, both.</summary>
    private void AddWords<T>(string column, IReadOnlyList<T> asked, IReadOnlyList<T> ofEpoch)
        where T : struct, Enum
    {
        if (part != EpochPart.Current || ofEpoch.Count == 0)
        {
            Add(column, asked.Select(word => word.Word()));
            return;
        }

        // An epoch has no status before its end.
        var both = ofEpoch.Where(word => (asked.Count == 0 || asked.Contains(word)) && word is not (ExecutionStatus and < ExecutionStatus.Succeeded)).ToArray();
        IsEmpty |= both.Length == 0;
        Add(column, both.Select(word => word.Word()));
    }

    private void Add(string column, IEnumerable<string> values)
    {
        if (values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray() is { Length: > 0 } some)
        {
            equal[column] = some;
        }
    }

    private IEnumerable<string> CanonicalParts() =>
    [
        "executions",
        .. equal.SelectMany(e => e.Value.Select(v => $"{e.Key}={v}")),
        .. Filter.Label.Select(l => $"label={l.Key}\u001e{l.Value}"),
        .. Filter.HasLabel.Select(key => $"hasLabel={key}"),
        .. Filter.Parent.Select(parent => $"parent={parent}"),
        $"created={Filter.CreatedAfter?.UtcTicks}-{Filter.CreatedBefore?.UtcTicks} ended={Filter.EndedAfter?.UtcTicks}-{Filter.EndedBefore?.UtcTicks} lasted={Filter.DurationMin?.Ticks}",
        .. Filter.EpochStatus.Select(s => $"epochStatus={s.Word()}"),
        .. Filter.EpochCause.Select(c => $"epochCause={c.Word()}"),
        $"epochEnded={Filter.EpochEndedAfter?.UtcTicks}-{Filter.EpochEndedBefore?.UtcTicks} sort={Filter.Sort}",
        $"late={Filter.Late} after={Filter.StartedAfter?.UtcTicks} before={Filter.StartedBefore?.UtcTicks} q={Filter.Prefix}",
    ];
}
