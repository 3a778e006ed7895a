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

    /// <summary>Ids of executions that started these.</summary>
    public IReadOnlyList<string> Parent { get; init; } = [];

    public IReadOnlyList<KeyValuePair<string, string>> Label { get; init; } = [];

    /// <summary>Keys that an execution has a label of, whatever its value; AND.</summary>
    public IReadOnlyList<string> HasLabel { get; init; } = [];

    public IReadOnlyList<Resolution> Resolution { get; init; } = [];

    /// <summary>Only executions with late events.</summary>
    public bool Late { get; init; }

    public DateTimeOffset? StartedAfter { get; init; }

    public DateTimeOffset? StartedBefore { get; init; }

    public DateTimeOffset? CreatedAfter { get; init; }

    public DateTimeOffset? CreatedBefore { get; init; }

    public DateTimeOffset? EndedAfter { get; init; }

    public DateTimeOffset? EndedBefore { get; init; }

    /// <summary>Only executions that ended, and lasted at least so long.</summary>
    public TimeSpan? DurationMin { get; init; }

    /// <summary>Prefix of an id or a workflow, taken literally.</summary>
    public string? Prefix { get; init; }
}
