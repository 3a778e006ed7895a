namespace ExecutionGrains.Views;

/// <summary>One execution as it appears in lists. Counts, cost and blocks are those of the current epoch.</summary>
public record ExecutionSummary
{
    /// <summary>The execution's id.</summary>
    public required string ExecutionId { get; init; }

    /// <summary>The namespace of the workflow. It never changes.</summary>
    public required string Namespace { get; init; }

    /// <summary>The name of the workflow; <c>unknown</c> until a call or an event names it.</summary>
    public required string Workflow { get; init; }

    /// <summary>The current status.</summary>
    public required ExecutionStatus Status { get; init; }

    /// <summary>Why the current epoch ended. Null if it has not ended.</summary>
    public Cause? Cause { get; init; }

    /// <summary>How the end was written. Null while the execution has neither ended nor paused.</summary>
    public FinalizationPath? FinalizationPath { get; init; }

    /// <summary>A number that increases with every change of the execution.</summary>
    public required long Version { get; init; }

    /// <summary>
    /// The current epoch, from 1. It increases with each requeue, expired claim, claim of a paused execution, and restore of the store from a backup.
    /// </summary>
    public required int Epoch { get; init; }

    /// <summary>The worker that holds the execution, or held it last. Null if none was named.</summary>
    public string? WorkerId { get; init; }

    /// <summary>The type of the trigger, for example <c>schedule</c>; <c>http</c> if the caller named none.</summary>
    public required string TriggerType { get; init; }

    /// <summary>The person or system that triggered the execution; if none was named, the caller that created it.</summary>
    public required string TriggeredBy { get; init; }

    /// <summary>When the tracker created the execution, in tracker time.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the execution started: the worker's time if it sent one, else tracker time. Null if it has not started.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>
    /// When the execution ended: the worker's time if it sent one, else tracker time; never before <c>startedAt</c>. Null if it has not ended.
    /// </summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>When the tracker received the start, or the first event that implied it. Null if the execution has not started.</summary>
    public DateTimeOffset? TrackerStartedAt { get; init; }

    /// <summary>When the tracker received or decided the end. Null if the execution has not ended.</summary>
    public DateTimeOffset? TrackerEndedAt { get; init; }

    /// <summary>Whole milliseconds from <c>startedAt</c>, or from <c>createdAt</c> if it never started, to <c>endedAt</c>. Null before the end.</summary>
    public long? DurationMs { get; init; }

    /// <summary>When the worker last reported, in tracker time. May be half a lease old in lists. Null before the first report.</summary>
    public DateTimeOffset? LastContactAt { get; init; }

    /// <summary>When the lease ends: until then a silent worker is presumed alive. May be half a lease old in lists. Null if there is no lease.</summary>
    public DateTimeOffset? LeaseExpiresAt { get; init; }

    /// <summary>The name of the block that started last. Null if none has started.</summary>
    public string? LastStartedBlock { get; init; }

    /// <summary>The name of the block that completed last. Null if none has completed.</summary>
    public string? LastCompletedBlock { get; init; }

    /// <summary>Steps, including open ones.</summary>
    public required int StepCount { get; init; }

    /// <summary>Steps that have started and not ended.</summary>
    public required int OpenStepCount { get; init; }

    /// <summary>Steps that ended as <c>failed</c>, <c>crashed</c>, <c>killed</c> or <c>exception</c>.</summary>
    public required int FailedStepCount { get; init; }

    /// <summary>
    /// The total that the worker reported at the end, else the sum of the steps' costs, in the worker's unit. Null if there is no total and no step.
    /// </summary>
    public decimal? Cost { get; init; }

    /// <summary>Labels by key, at most 32.</summary>
    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    /// <summary>The version of the workflow or its configuration, as the caller named it. Null if it named none.</summary>
    public string? ConfigVersion { get; init; }

    /// <summary>An operator's resolution of the lost execution. Null unless the execution is lost and resolved.</summary>
    public ResolutionView? Resolution { get; init; }

    /// <summary>Events that arrived after the end, over all epochs.</summary>
    public required long LateCount { get; init; }

    /// <summary>The progress that the worker last reported. May be half a lease old in lists. Null if it reported none.</summary>
    public Progress? Progress { get; init; }
}
