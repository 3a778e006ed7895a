using Orleans;

namespace ExecutionGrains;

/// <summary>One thing that a worker reports. JSON payloads (input, output, error) are UTF-8 JSON texts.</summary>
[GenerateSerializer, Immutable, Alias("eg.event")]
public abstract record ExecutionEvent
{
    private ExecutionEvent()
    {
    }

    /// <summary>Unique in its epoch, 1 to 128 characters; null only on heartbeats and unreadable events.</summary>
    [Id(0)] public string? EventId { get; init; }

    /// <summary>The producer's time, whole microseconds; null: the tracker's time is taken.</summary>
    [Id(1)] public DateTimeOffset? At { get; init; }

    /// <summary>
    /// What the tracker left out of the event because it could not be read, for its history row; null: nothing. Set by the tracker, no part of the event's
    /// hash.
    /// </summary>
    [Id(2)] public string? LeftOut { get; init; }

    /// <summary>
    /// The execution's workflow, as a start says it: it fills what nobody has said. Null: the event does not say. A start and an end say it in their facts.
    /// </summary>
    [Id(3)] public string? Workflow { get; init; }

    /// <summary>The execution's namespace, likewise.</summary>
    [Id(4)] public string? Namespace { get; init; }

    /// <summary>The word on the wire.</summary>
    public abstract string Type { get; }

    /// <summary>The execution runs. Claims a pending one where it names a worker; facts are merged.</summary>
    [GenerateSerializer, Immutable, Alias("eg.event.execution-started")]
    public sealed record ExecutionStarted : ExecutionEvent
    {
        [Id(0)] public ExecutionFacts Facts { get; init; } = ExecutionFacts.None;

        [Id(1)] public Worker? Worker { get; init; }

        public override string Type => "execution.started";
    }

    [GenerateSerializer, Immutable, Alias("eg.event.execution-paused")]
    public sealed record ExecutionPaused : ExecutionEvent
    {
        [Id(0)] public string? Reason { get; init; }

        public override string Type => "execution.paused";
    }

    [GenerateSerializer, Immutable, Alias("eg.event.execution-resumed")]
    public sealed record ExecutionResumed : ExecutionEvent
    {
        [Id(0)] public string? Reason { get; init; }

        public override string Type => "execution.resumed";
    }

    /// <summary>The execution ended. Its start fields override what the start said.</summary>
    [GenerateSerializer, Immutable, Alias("eg.event.execution-completed")]
    public sealed record ExecutionCompleted : ExecutionEvent
    {
        [Id(0)] public required Outcome Outcome { get; init; }

        [Id(1)] public byte[]? Output { get; init; }

        [Id(2)] public byte[]? Error { get; init; }

        /// <summary>The total: takes the place of the sum of the steps' costs.</summary>
        [Id(3)] public decimal? Cost { get; init; }

        [Id(4)] public int? TraceSpanCount { get; init; }

        [Id(5)] public string? WorkerId { get; init; }

        [Id(6)] public ExecutionFacts Facts { get; init; } = ExecutionFacts.None;

        public override string Type => "execution.completed";
    }

    [GenerateSerializer, Immutable, Alias("eg.event.step-started")]
    public sealed record StepStarted : ExecutionEvent
    {
        [Id(0)] public required string StepId { get; init; }

        [Id(1)] public required string Block { get; init; }

        [Id(2)] public string? BlockType { get; init; }

        [Id(3)] public string? ParentStepId { get; init; }

        [Id(4)] public byte[]? Input { get; init; }

        public override string Type => "step.started";
    }

    /// <summary>A step ended. What it says of the start overrides what the start said.</summary>
    [GenerateSerializer, Immutable, Alias("eg.event.step-completed")]
    public sealed record StepCompleted : ExecutionEvent
    {
        [Id(0)] public required string StepId { get; init; }

        [Id(1)] public required StepOutcome Outcome { get; init; }

        [Id(2)] public string? Block { get; init; }

        [Id(3)] public string? BlockType { get; init; }

        [Id(4)] public string? ParentStepId { get; init; }

        [Id(5)] public byte[]? Input { get; init; }

        [Id(6)] public byte[]? Output { get; init; }

        [Id(7)] public byte[]? Error { get; init; }

        [Id(8)] public decimal? Cost { get; init; }

        [Id(9)] public long? MemoryBytes { get; init; }

        public override string Type => "step.completed";
    }

    [GenerateSerializer, Immutable, Alias("eg.event.log")]
    public sealed record Log : ExecutionEvent
    {
        [Id(0)] public required string Message { get; init; }

        [Id(1)] public Severity Level { get; init; } = Severity.Info;

        [Id(2)] public string? Source { get; init; }

        [Id(3)] public string? StepId { get; init; }

        public override string Type => "log";
    }

    [GenerateSerializer, Immutable, Alias("eg.event.heartbeat")]
    public sealed record Heartbeat : ExecutionEvent
    {
        [Id(0)] public Progress? Progress { get; init; }

        public override string Type => "heartbeat";
    }

    /// <summary>What arrived in an event's place and is none: it is answered <c>rejected</c> and goes on the record.</summary>
    [GenerateSerializer, Immutable, Alias("eg.event.unreadable")]
    public sealed record Unreadable : ExecutionEvent
    {
        [Id(0)] public required Code Code { get; init; }

        [Id(1)] public required string Message { get; init; }

        /// <summary>The type that it claimed, cut to 64 characters; empty where it claimed none.</summary>
        [Id(2)] public required string ClaimedType { get; init; }

        public override string Type => ClaimedType;
    }
}
