using System.Text;
using ExecutionGrains.Storage.Serialization;

namespace ExecutionGrains.Storage.Lists;

/// <summary>The filters of a list as SQL conditions with their values, and as the canonical text that its cursors are valid for.</summary>
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

    /// <param name="epochLabel">The label by which <see cref="EpochPart.Earlier"/> finds its executions. Null for the other parts.</param>
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

    /// <summary>Which ended epochs of an execution a part of the list searches.</summary>
    private enum EpochPart
    {
        /// <summary>The filter has no epoch filters, or is not yet split into parts.</summary>
        Any,

        /// <summary>The current epoch, searched by columns of the execution's row.</summary>
        Current,

        /// <summary>The earlier epochs, searched by a label row.</summary>
        Earlier,
    }

    /// <summary>The key of the label row that holds the parent's id. Cannot collide with a user's label: their keys contain no <c>=</c>.</summary>
    public const string ParentLabel = "=parent";

    public ExecutionFilter Filter { get; }

    /// <summary>The label rows that an execution must have: the requested labels, the parent if exactly one is requested, and the epoch label.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Labels { get; }

    /// <summary>The requested range of creation times.</summary>
    public CreationRange Created => new(Filter.CreatedAfter, Filter.CreatedBefore);

    public bool HasCreated => (Filter.CreatedAfter ?? Filter.CreatedBefore) is not null;

    /// <summary>Whether nothing can match, such as when no requested namespace is visible to the caller.</summary>
    public bool IsEmpty { get; private set; }

    public string Canonical { get; }

    /// <summary>Accepted values by column. Holds only columns with a filter.</summary>
    public IReadOnlyDictionary<string, string[]> Equal => equal;

    /// <summary>The requested workflows that start with the prefix. Compared as UTF-8 bytes, as the databases do. Null: no workflow is requested.</summary>
    public string[]? Begun(string prefix) => equal.TryGetValue("workflow", out var asked)
        ? [.. asked.Where(workflow => Encoding.UTF8.GetBytes(workflow).AsSpan().StartsWith(Encoding.UTF8.GetBytes(prefix)))]
        : null;

    /// <summary>The order of the list. Null: by creation.</summary>
    public ListOrder? Order => ListOrder.Of(Filter.Sort);

    /// <summary>
    /// The parts whose union is the list. Without epoch filters: the list itself. With them: executions whose current epoch matches, and executions with a
    /// label row of a matching earlier epoch.
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

    /// <summary>The same part with other filters.</summary>
    public ListFilter With(ExecutionFilter filter) => new(filter, dialect, part, epochLabel);

    /// <summary>The ranges that the filters request, except that of the start time.</summary>
    public IEnumerable<ListRange> Ranges()
    {
        if (part == EpochPart.Current && (Filter.EpochEndedAfter ?? Filter.EpochEndedBefore) is not null)
        {
            yield return new(ListOrder.Closed, UnixMicroseconds.From(Filter.EpochEndedAfter), UnixMicroseconds.From(Filter.EpochEndedBefore));
        }

        if ((Filter.EndedAfter ?? Filter.EndedBefore) is not null)
        {
            yield return new(ListOrder.Ended, UnixMicroseconds.From(Filter.EndedAfter), UnixMicroseconds.From(Filter.EndedBefore));
        }

        if (Filter.DurationMin is { } duration)
        {
            yield return new(ListOrder.Duration, duration.Ticks / TimeSpan.TicksPerMicrosecond, null);
        }
    }

    /// <summary>The requested range of the list's own order. Unbounded if there is no such filter.</summary>
    public ListRange Range(ListOrder order) => order == ListOrder.Started
        ? new(order, UnixMicroseconds.From(Filter.StartedAfter), UnixMicroseconds.From(Filter.StartedBefore))
        : Ranges().FirstOrDefault(range => range.Order == order) ?? new(order, null, null);

    /// <summary>SQL of the order's value.</summary>
    public string Value(ListOrder order) => dialect.Value(order);

    /// <summary>The filters on columns that an order's index contains besides its key, so that the index alone can check them.</summary>
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

    /// <summary>
    /// The conditions left to check per row after the index has settled the <paramref name="driven"/> columns and the <paramref name="label"/>.
    /// </summary>
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

        // When label rows are scanned, compare with the label row's own position: a row without the other label is rejected without reading its execution.
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

    /// <summary>As <see cref="Residual"/>, plus the range of creation times, for a scan in another order than the list's.</summary>
    public SqlClause ResidualAnyOrder(params ReadOnlySpan<string> driven)
    {
        var clause = Residual(driven);
        if (Filter.CreatedAfter is { } after)
        {
            clause.And("executions_row.created_at >= ?", UnixMicroseconds.From(after));
        }

        return Filter.CreatedBefore is { } before ? clause.And("executions_row.created_at < ?", UnixMicroseconds.From(before)) : clause;
    }

    /// <summary>The requested range of start times: lower bound inclusive, upper bound exclusive.</summary>
    public SqlClause Time()
    {
        var clause = new SqlClause().Of("started_at");
        if (Filter.StartedAfter is { } after)
        {
            clause.And("started_at >= ?", UnixMicroseconds.From(after));
        }

        if (Filter.StartedBefore is { } before)
        {
            clause.And("started_at < ?", UnixMicroseconds.From(before));
        }

        return clause;
    }

    /// <summary>
    /// Adds the epoch condition. Current epoch: that it has ended, unless a status filter or range implies it. Earlier epochs: that one of them matches all
    /// epoch filters.
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
                    asked.And("was.at >= ?", UnixMicroseconds.From(after));
                }

                if (Filter.EpochEndedBefore is { } before)
                {
                    asked.And("was.at < ?", UnixMicroseconds.From(before));
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

    /// <summary>Adds the filter on a column. For the current epoch, a value must satisfy both the execution's filter and the epoch's filter.</summary>
    private void AddWords<T>(string column, IReadOnlyList<T> asked, IReadOnlyList<T> ofEpoch)
        where T : struct, Enum
    {
        if (part != EpochPart.Current || ofEpoch.Count == 0)
        {
            Add(column, asked.Select(word => word.Word()));
            return;
        }

        // An ended epoch cannot have a live status.
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
        $"created={Filter.CreatedAfter?.UtcTicks}-{Filter.CreatedBefore?.UtcTicks} ended={Filter.EndedAfter?.UtcTicks}-{Filter.EndedBefore?.UtcTicks}"
            + $" lasted={Filter.DurationMin?.Ticks}",
        .. Filter.EpochStatus.Select(s => $"epochStatus={s.Word()}"),
        .. Filter.EpochCause.Select(c => $"epochCause={c.Word()}"),
        $"epochEnded={Filter.EpochEndedAfter?.UtcTicks}-{Filter.EpochEndedBefore?.UtcTicks} sort={Filter.Sort}",
        $"late={Filter.Late} after={Filter.StartedAfter?.UtcTicks} before={Filter.StartedBefore?.UtcTicks} q={Filter.Prefix}",
    ];
}
