using System.Text;

namespace ExecutionGrains.Storage;

/// <summary>A list's filters as clauses of SQL with their values, and as one text that a cursor is tied to.</summary>
internal sealed class ListFilter
{
    private readonly Dictionary<string, string[]> equal = new(StringComparer.Ordinal);
    private readonly Func<string, SqlClause> begins;
    private readonly Func<string, SqlClause> hasLabel;

    /// <param name="begins">How the store asks of a row whether its id or its workflow begins so.</param>
    /// <param name="hasLabel">How the store asks of a row whether it has a label of this key.</param>
    public ListFilter(ExecutionFilter filter, Func<string, SqlClause> begins, Func<string, SqlClause> hasLabel)
    {
        (Filter, this.begins, this.hasLabel) = (filter, begins, hasLabel);
        Labels = filter.Parent is [var parent] ? [.. filter.Label, new(ParentLabel, parent)] : filter.Label;
        var namespaces = Namespaces(filter);
        IsEmpty = namespaces is { Length: 0 };
        Add("status", filter.Status.Select(s => s.Word()));
        Add("workflow", filter.Workflow);
        Add("namespace", namespaces ?? []);
        Add("cause", filter.Cause.Select(c => c.Word()));
        Add("worker_id", filter.Worker);
        Add("triggered_by", filter.TriggeredBy);
        Add("resolution", filter.Resolution.Select(r => r.Word()));
        Canonical = string.Join('\u001f', CanonicalParts());
    }

    /// <summary>The key of the row by which an execution's parent stands among its labels: no label's own key holds <c>=</c>.</summary>
    public const string ParentLabel = "=parent";

    public ExecutionFilter Filter { get; }

    /// <summary>The labels asked for, the parent among them where there is one.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Labels { get; }

    /// <summary>When the executions asked for were made.</summary>
    public CreationRange Created => new(Filter.CreatedAfter, Filter.CreatedBefore);

    /// <summary>Whether nothing can match: what is asked for is not visible.</summary>
    public bool IsEmpty { get; }

    public string Canonical { get; }

    /// <summary>Values per column; only columns that are filtered.</summary>
    public IReadOnlyDictionary<string, string[]> Equal => equal;

    /// <summary>Of the workflows asked for those that begin so; null where none is asked for. As bytes, which is how the stores compare.</summary>
    public string[]? Begun(string prefix) => equal.TryGetValue("workflow", out var asked)
        ? [.. asked.Where(workflow => Encoding.UTF8.GetBytes(workflow).AsSpan().StartsWith(Encoding.UTF8.GetBytes(prefix)))]
        : null;

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
            clause.And(begins(prefix)).Of("workflow");
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
            clause.And(hasLabel(key)).Of("labels");
        }

        return Ended(clause);
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

    private SqlClause Ended(SqlClause clause)
    {
        if (Filter.EndedAfter is { } after)
        {
            clause.And("executions_row.ended_at >= ?", Micros.From(after)).Of("ended_at");
        }

        if (Filter.EndedBefore is { } before)
        {
            clause.And("executions_row.ended_at < ?", Micros.From(before)).Of("ended_at");
        }

        if (Filter.DurationMin is { } duration)
        {
            clause.And("executions_row.ended_at - coalesce(executions_row.started_at, executions_row.created_at) >= ?", duration.Ticks / TimeSpan.TicksPerMicrosecond)
                .Of("ended_at");
        }

        return clause;
    }

    private static string[]? Namespaces(ExecutionFilter filter) => filter.VisibleNamespaces is not { } visible
        ? (filter.Namespace.Count > 0 ? [.. filter.Namespace] : null)
        : [.. filter.Namespace.Count > 0 ? filter.Namespace.Intersect(visible, StringComparer.Ordinal) : visible];

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
        $"late={Filter.Late} after={Filter.StartedAfter?.UtcTicks} before={Filter.StartedBefore?.UtcTicks} q={Filter.Prefix}",
    ];
}
