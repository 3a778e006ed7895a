namespace ExecutionGrains.Rules;

/// <summary>The stored row of a step, which is one run of one block. <c>StepId</c> is unique in its epoch, <c>Sequence</c> in the execution.</summary>
public sealed record StepRow
{
    public required int Epoch { get; init; }

    public required string StepId { get; init; }

    public required int Sequence { get; init; }

    /// <summary>The name of the block; <c>unknown</c> until one is reported.</summary>
    public required string Block { get; init; }

    public string? BlockType { get; init; }

    public string? ParentStepId { get; init; }

    public StepStatus Status { get; init; } = StepStatus.Running;

    /// <summary>Producer time if it was reported, else tracker time.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public DateTimeOffset? TrackerStartedAt { get; init; }

    public DateTimeOffset? TrackerEndedAt { get; init; }

    /// <summary>UTF-8 JSON, cut to <see cref="Limits.TracePayloadBytesMax"/>. Stored only if the execution is traced.</summary>
    public byte[]? Input { get; init; }

    /// <inheritdoc cref="Input"/>
    public byte[]? Output { get; init; }

    /// <summary>UTF-8 JSON, cut to <see cref="Limits.FinalPayloadBytesMax"/>.</summary>
    public byte[]? Error { get; init; }

    public decimal? Cost { get; init; }

    public long? MemoryBytes { get; init; }

    /// <summary>The hash of the start event, 16 bytes. Null while only the end was reported.</summary>
    public byte[]? StartHash { get; init; }

    /// <summary>The hash of the end event, 16 bytes. Null while the end was not reported, also if the step was closed with its execution.</summary>
    public byte[]? EndHash { get; init; }

    /// <summary>
    /// The row after the end of its execution: closed if it was open and of that epoch, else unchanged. Must do the same as <c>CloseSteps</c> (steps.sql).
    /// </summary>
    public StepRow ClosedBy(Effect.CloseOpenSteps close) => IsOpen && close.Epoch == Epoch
        ? this with { Status = close.Status, EndedAt = TimeRules.End(StartedAt, close.At, close.TrackerAt), TrackerEndedAt = close.TrackerAt }
        : this;

    public bool IsOpen => Status == StepStatus.Running;
}
