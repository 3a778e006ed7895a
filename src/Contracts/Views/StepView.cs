namespace ExecutionGrains.Views;

/// <summary>One step: one run of one block. Payloads are the JSON that the worker sent; a payload that was cut is a JSON string.</summary>
public sealed record StepView
{
    /// <summary>The step's id, unique in its epoch.</summary>
    public required string StepId { get; init; }

    /// <summary>The epoch in which the step ran.</summary>
    public required int Epoch { get; init; }

    /// <summary>The name of the block; <c>unknown</c> until an event names it.</summary>
    public required string Block { get; init; }

    /// <summary>The type of the block. Null if the worker gave none.</summary>
    public string? BlockType { get; init; }

    /// <summary>The step that contains this one. Null if none was named.</summary>
    public string? ParentStepId { get; init; }

    /// <summary>The sequence number, from 1; unique in the execution, over all epochs.</summary>
    public required int Sequence { get; init; }

    /// <summary>The current status.</summary>
    public required StepStatus Status { get; init; }

    /// <summary>When the step started: the worker's time if it sent one, else tracker time. The end's time if only the end arrived.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>
    /// When the step ended: the worker's time if it sent one, else tracker time; never before <c>startedAt</c>. Null if it has not ended.
    /// </summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Whole milliseconds from <c>startedAt</c> to <c>endedAt</c>. Null before the end.</summary>
    public long? DurationMs { get; init; }

    /// <summary>When the tracker received the first event of the step: its start, or its end if that arrived first.</summary>
    public DateTimeOffset? TrackerStartedAt { get; init; }

    /// <summary>When the tracker received or decided the end. Null if the step has not ended.</summary>
    public DateTimeOffset? TrackerEndedAt { get; init; }

    /// <summary>The input, cut to 10,240 bytes. Null if there is none, and unless <c>explicitTrace</c> was set.</summary>
    public RawJson? Input { get; init; }

    /// <summary>The output, cut to 10,240 bytes. Null if there is none, and unless <c>explicitTrace</c> was set.</summary>
    public RawJson? Output { get; init; }

    /// <summary>The error, cut to 64 KiB. Null if there is none.</summary>
    public RawJson? Error { get; init; }

    /// <summary>The cost of the step, in the worker's unit. Null if the worker reported none.</summary>
    public decimal? Cost { get; init; }

    /// <summary>The memory that the step used, in bytes. Null if the worker reported none.</summary>
    public long? MemoryBytes { get; init; }
}
