namespace ExecutionGrains.Rules;

/// <summary>One run of one block, as the store holds it. <c>StepId</c> is unique in its epoch, <c>Sequence</c> in the execution.</summary>
public sealed record StepRow
{
    public required int Epoch { get; init; }

    public required string StepId { get; init; }

    public required int Sequence { get; init; }

    /// <summary><c>unknown</c> until somebody says.</summary>
    public required string Block { get; init; }

    public string? BlockType { get; init; }

    public string? ParentStepId { get; init; }

    public StepStatus Status { get; init; } = StepStatus.Running;

    /// <summary>Producer time, else tracker time.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public DateTimeOffset? TrackerStartedAt { get; init; }

    public DateTimeOffset? TrackerEndedAt { get; init; }

    /// <summary>UTF-8 JSON, cut; only for executions that ask for a trace.</summary>
    public byte[]? Input { get; init; }

    /// <inheritdoc cref="Input"/>
    public byte[]? Output { get; init; }

    /// <summary>UTF-8 JSON, cut.</summary>
    public byte[]? Error { get; init; }

    public decimal? Cost { get; init; }

    public long? MemoryBytes { get; init; }

    /// <summary>The start's facts, 16 bytes; null while only the end was reported.</summary>
    public byte[]? StartHash { get; init; }

    /// <summary>The end's facts, 16 bytes; null while the end was not reported (a step closed with its execution has none).</summary>
    public byte[]? EndHash { get; init; }

    /// <summary>The row, where it is open and of that epoch, as its execution's end leaves it; <c>steps-close.sql</c> does the same.</summary>
    public StepRow ClosedBy(Effect.CloseOpenSteps close) => IsOpen && close.Epoch == Epoch
        ? this with { Status = close.Status, EndedAt = Times.End(StartedAt, close.At, close.TrackerAt), TrackerEndedAt = close.TrackerAt }
        : this;

    public bool IsOpen => Status == StepStatus.Running;
}
