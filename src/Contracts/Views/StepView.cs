namespace ExecutionGrains.Views;

/// <summary>One run of one block. Payloads are the JSON that the worker sent; one that was cut is a JSON string.</summary>
public sealed record StepView
{
    /// <summary>The step's id, unique in its epoch.</summary>
    public required string StepId { get; init; }

    /// <summary>The epoch that it ran in.</summary>
    public required int Epoch { get; init; }

    /// <summary>The name of the block.</summary>
    public required string Block { get; init; }

    /// <summary>The type of the block. Null if the worker gave none.</summary>
    public string? BlockType { get; init; }

    /// <summary>The step that this one runs within. Null if none was named.</summary>
    public string? ParentStepId { get; init; }

    /// <summary>1, 2, 3 …, unique in the execution.</summary>
    public required int Sequence { get; init; }

    /// <summary>Where the step stands.</summary>
    public required StepStatus Status { get; init; }

    /// <summary>When it started: the worker's time if it gave one, else the tracker's.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it ended: the worker's time if it gave one, else the tracker's; never before <c>startedAt</c>. Null before.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Whole milliseconds from <c>startedAt</c> to <c>endedAt</c>. Null before the end.</summary>
    public long? DurationMs { get; init; }

    /// <summary>When the tracker received the start. Null if only the end arrived.</summary>
    public DateTimeOffset? TrackerStartedAt { get; init; }

    /// <summary>When the tracker received or decided the end. Null before.</summary>
    public DateTimeOffset? TrackerEndedAt { get; init; }

    /// <summary>The input, if the execution asks for a trace; cut to 10,240 bytes. Null otherwise.</summary>
    public RawJson? Input { get; init; }

    /// <summary>The output, if the execution asks for a trace; cut to 10,240 bytes. Null otherwise.</summary>
    public RawJson? Output { get; init; }

    /// <summary>The error; cut to 64 KiB. Null if there is none.</summary>
    public RawJson? Error { get; init; }

    /// <summary>What the step cost, in the worker's unit. Null if it did not say.</summary>
    public decimal? Cost { get; init; }

    /// <summary>Memory that the step used, in bytes. Null if the worker did not say.</summary>
    public long? MemoryBytes { get; init; }
}
