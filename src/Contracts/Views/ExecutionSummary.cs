namespace ExecutionGrains.Views;

/// <summary>One execution as lists show it. Counts, cost and markers are the current epoch's.</summary>
public record ExecutionSummary
{
    public required string ExecutionId { get; init; }

    public required string Namespace { get; init; }

    public required string Workflow { get; init; }

    public required ExecutionStatus Status { get; init; }

    public Cause? Cause { get; init; }

    public FinalizationPath? FinalizationPath { get; init; }

    public required long Version { get; init; }

    public required int Epoch { get; init; }

    public string? WorkerId { get; init; }

    public required string TriggerType { get; init; }

    public required string TriggeredBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The producer's time, else the tracker's.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>The producer's time, else the tracker's; never before <c>startedAt</c>.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    public DateTimeOffset? TrackerStartedAt { get; init; }

    public DateTimeOffset? TrackerEndedAt { get; init; }

    /// <summary>Whole milliseconds from start, or creation where it never started, to end; null before the end.</summary>
    public long? DurationMs { get; init; }

    public DateTimeOffset? LastContactAt { get; init; }

    public DateTimeOffset? LeaseExpiresAt { get; init; }

    /// <summary>The block's name.</summary>
    public string? LastStartedBlock { get; init; }

    /// <summary>The block's name.</summary>
    public string? LastCompletedBlock { get; init; }

    public required int StepCount { get; init; }

    public required int OpenStepCount { get; init; }

    public required int FailedStepCount { get; init; }

    public decimal? Cost { get; init; }

    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    public string? ConfigVersion { get; init; }

    public ResolutionView? Resolution { get; init; }

    public required long LateCount { get; init; }

    public Progress? Progress { get; init; }
}
