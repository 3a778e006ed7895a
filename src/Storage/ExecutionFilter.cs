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

    /// <summary>Only executions of which an epoch ended with one of these; the same epoch has to match all of <c>Epoch…</c>.</summary>
    public IReadOnlyList<ExecutionStatus> EpochStatus { get; init; } = [];

    /// <inheritdoc cref="EpochStatus"/>
    public IReadOnlyList<Cause> EpochCause { get; init; } = [];

    /// <summary>By the tracker's time, as figures count.</summary>
    /// <inheritdoc cref="EpochStatus"/>
    public DateTimeOffset? EpochEndedAfter { get; init; }

    /// <inheritdoc cref="EpochEndedAfter"/>
    public DateTimeOffset? EpochEndedBefore { get; init; }

    /// <summary>The order of the list, newest or longest first. Default by creation.</summary>
    public ListSort Sort { get; init; }

    internal bool HasEpoch => EpochStatus.Count > 0 || EpochCause.Count > 0 || EpochEndedAfter is not null || EpochEndedBefore is not null;
}
