namespace ExecutionGrains.Storage;

/// <summary>The filters of the list. A repeated filter is OR (labels: AND), different filters AND; an empty one filters nothing.</summary>
public sealed record ExecutionFilter
{
    /// <summary>What the caller may see; null is all.</summary>
    public IReadOnlyList<string>? VisibleNamespaces { get; init; }

    public IReadOnlyList<ExecutionStatus> Status { get; init; } = [];

    public IReadOnlyList<string> Workflow { get; init; } = [];

    public IReadOnlyList<string> Namespace { get; init; } = [];

    public IReadOnlyList<Cause> Cause { get; init; } = [];

    public IReadOnlyList<string> Worker { get; init; } = [];

    public IReadOnlyList<string> TriggeredBy { get; init; } = [];

    public IReadOnlyList<KeyValuePair<string, string>> Label { get; init; } = [];

    public IReadOnlyList<Resolution> Resolution { get; init; } = [];

    /// <summary>Only executions with late events.</summary>
    public bool Late { get; init; }

    public DateTimeOffset? StartedAfter { get; init; }

    public DateTimeOffset? StartedBefore { get; init; }

    /// <summary>Prefix of an id or a workflow, taken literally.</summary>
    public string? Prefix { get; init; }
}
