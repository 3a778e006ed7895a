namespace ExecutionGrains.Views;

/// <summary>One execution as lists show it. Counts, cost and blocks are those of the current epoch.</summary>
public record ExecutionSummary
{
    /// <summary>The execution's id.</summary>
    public required string ExecutionId { get; init; }

    /// <summary>The namespace of the workflow. It never changes.</summary>
    public required string Namespace { get; init; }

    /// <summary>The name of what runs; <c>unknown</c> until somebody names it.</summary>
    public required string Workflow { get; init; }

    /// <summary>Where the execution stands.</summary>
    public required ExecutionStatus Status { get; init; }

    /// <summary>Why the current epoch ended. Null while it has not.</summary>
    public Cause? Cause { get; init; }

    /// <summary>How the end was written. Null while the execution has neither ended nor paused.</summary>
    public FinalizationPath? FinalizationPath { get; init; }

    /// <summary>Grows with every change of the execution.</summary>
    public required long Version { get; init; }

    /// <summary>The current epoch: 1 for the first claim, more after each requeue or expired claim.</summary>
    public required int Epoch { get; init; }

    /// <summary>The worker that holds the execution, or held it last. Null if none was named.</summary>
    public string? WorkerId { get; init; }

    /// <summary>What kind of thing triggered the execution; <c>http</c> if the caller named none.</summary>
    public required string TriggerType { get; init; }

    /// <summary>Who or what triggered the execution.</summary>
    public required string TriggeredBy { get; init; }

    /// <summary>When the tracker first heard of the execution, in the tracker's time.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it started: the worker's time if it gave one, else the tracker's. Null before.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended: the worker's time if it gave one, else the tracker's; never before <c>startedAt</c>. Null before.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>When the tracker received the start. Null before.</summary>
    public DateTimeOffset? TrackerStartedAt { get; init; }

    /// <summary>When the tracker received or decided the end. Null before.</summary>
    public DateTimeOffset? TrackerEndedAt { get; init; }

    /// <summary>Whole milliseconds from <c>startedAt</c>, or from <c>createdAt</c> if it never started, to <c>endedAt</c>. Null before the end.</summary>
    public long? DurationMs { get; init; }

    /// <summary>When the worker was last heard of, in the tracker's time. Up to half a lease old in lists. Null before any contact.</summary>
    public DateTimeOffset? LastContactAt { get; init; }

    /// <summary>Until when a silent worker is presumed alive. Up to half a lease old in lists. Null if there is no lease.</summary>
    public DateTimeOffset? LeaseExpiresAt { get; init; }

    /// <summary>The name of the block that started last. Null before any did.</summary>
    public string? LastStartedBlock { get; init; }

    /// <summary>The name of the block that completed last. Null before any did.</summary>
    public string? LastCompletedBlock { get; init; }

    /// <summary>Steps, open ones included.</summary>
    public required int StepCount { get; init; }

    /// <summary>Steps that have started and not ended.</summary>
    public required int OpenStepCount { get; init; }

    /// <summary>Steps that ended without success.</summary>
    public required int FailedStepCount { get; init; }

    /// <summary>The total that the worker gave at the end, else the sum of the steps' costs, in the worker's unit. Null if no cost was reported.</summary>
    public decimal? Cost { get; init; }

    /// <summary>Labels by key, at most 32.</summary>
    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    /// <summary>The version of what runs, as the caller named it. Null if it did not.</summary>
    public string? ConfigVersion { get; init; }

    /// <summary>An operator's word on the loss. Null unless the execution is lost and resolved.</summary>
    public ResolutionView? Resolution { get; init; }

    /// <summary>Events that arrived after the end, over all epochs.</summary>
    public required long LateCount { get; init; }

    /// <summary>What the worker last said about its progress. Up to half a lease old in lists. Null if it said nothing.</summary>
    public Progress? Progress { get; init; }
}
