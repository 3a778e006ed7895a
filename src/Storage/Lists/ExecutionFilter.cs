namespace ExecutionGrains.Storage.Lists;

/// <summary>
/// Filters of the execution list. Values of one filter are combined by OR (labels: AND), different filters by AND. An empty filter matches everything.
/// </summary>
public sealed record ExecutionFilter
{
    /// <summary>The namespaces that the caller may see. Null: all.</summary>
    public IReadOnlyList<string>? VisibleNamespaces { get; init; }

    public IReadOnlyList<ExecutionStatus> Status { get; init; } = [];

    public IReadOnlyList<string> Workflow { get; init; } = [];

    public IReadOnlyList<string> Namespace { get; init; } = [];

    public IReadOnlyList<Cause> Cause { get; init; } = [];

    public IReadOnlyList<string> Worker { get; init; } = [];

    public IReadOnlyList<string> TriggeredBy { get; init; } = [];

    /// <summary>Ids of the parent executions.</summary>
    public IReadOnlyList<string> Parent { get; init; } = [];

    public IReadOnlyList<KeyValuePair<string, string>> Label { get; init; } = [];

    /// <summary>Label keys that an execution must have, with any value. Several keys: AND.</summary>
    public IReadOnlyList<string> HasLabel { get; init; } = [];

    public IReadOnlyList<Resolution> Resolution { get; init; } = [];

    /// <summary>True: only executions with late events. Default false.</summary>
    public bool Late { get; init; }

    public DateTimeOffset? StartedAfter { get; init; }

    public DateTimeOffset? StartedBefore { get; init; }

    public DateTimeOffset? CreatedAfter { get; init; }

    public DateTimeOffset? CreatedBefore { get; init; }

    public DateTimeOffset? EndedAfter { get; init; }

    public DateTimeOffset? EndedBefore { get; init; }

    /// <summary>Only executions that ended and took at least this long. Null: all.</summary>
    public TimeSpan? DurationMin { get; init; }

    /// <summary>Prefix of an id or a workflow name. Contains no wildcards.</summary>
    public string? Prefix { get; init; }

    /// <summary>Only executions with an epoch that ended with one of these. A single epoch must match all <c>Epoch…</c> filters.</summary>
    public IReadOnlyList<ExecutionStatus> EpochStatus { get; init; } = [];

    /// <inheritdoc cref="EpochStatus"/>
    public IReadOnlyList<Cause> EpochCause { get; init; } = [];

    /// <summary>Bounds of the epoch's end by the tracker's clock, as in the figures.</summary>
    /// <inheritdoc cref="EpochStatus"/>
    public DateTimeOffset? EpochEndedAfter { get; init; }

    /// <inheritdoc cref="EpochEndedAfter"/>
    public DateTimeOffset? EpochEndedBefore { get; init; }

    /// <summary>Order of the list, newest or longest first. Default: by creation.</summary>
    public ListSort Sort { get; init; }

    internal bool HasEpoch => EpochStatus.Count > 0 || EpochCause.Count > 0 || EpochEndedAfter is not null || EpochEndedBefore is not null;
}
