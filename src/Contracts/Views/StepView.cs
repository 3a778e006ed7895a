namespace ExecutionGrains.Views;

/// <summary>One run of one block. Payloads are the JSON they were; one that was cut is a JSON string.</summary>
public sealed record StepView
{
    public required string StepId { get; init; }

    public required int Epoch { get; init; }

    public required string Block { get; init; }

    public string? BlockType { get; init; }

    public string? ParentStepId { get; init; }

    /// <summary>1, 2, 3 …, unique in the execution.</summary>
    public required int Sequence { get; init; }

    public required StepStatus Status { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public long? DurationMs { get; init; }

    public DateTimeOffset? TrackerStartedAt { get; init; }

    public DateTimeOffset? TrackerEndedAt { get; init; }

    public RawJson? Input { get; init; }

    public RawJson? Output { get; init; }

    public RawJson? Error { get; init; }

    public decimal? Cost { get; init; }

    public long? MemoryBytes { get; init; }
}
