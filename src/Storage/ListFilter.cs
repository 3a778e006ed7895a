using System.Text;

namespace ExecutionGrains.Storage;

/// <summary>A list's filters as clauses of SQL with their values, and as one text that a cursor is tied to.</summary>
internal sealed class ListFilter
{
    private readonly Dictionary<string, string[]> equal = new(StringComparer.Ordinal);
    private readonly Func<string, SqlClause> begins;

    /// <param name="begins">How the store asks of a row whether its id or its workflow begins so.</param>
    public ListFilter(ExecutionFilter filter, Func<string, SqlClause> begins)
    {
        (Filter, this.begins) = (filter, begins);
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

    public ExecutionFilter Filter { get; }

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
        foreach (var (key, value) in Filter.Label.Where(l => !l.Equals(label)))
        {
            clause.And(
                $"exists (select 1 from execution_labels as x where x.key = ? and x.value = ? and x.facet = '' and {place})",
                key,
                value);
        }

        return clause;
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
        $"late={Filter.Late} after={Filter.StartedAfter?.UtcTicks} before={Filter.StartedBefore?.UtcTicks} q={Filter.Prefix}",
    ];
}
