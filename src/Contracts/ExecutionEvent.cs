using Orleans;

namespace ExecutionGrains;

/// <summary>One event that a worker reports. Payloads (input, output, error) are JSON in UTF-8.</summary>
[GenerateSerializer, Immutable, Alias("eg.event")]
public abstract record ExecutionEvent
{
    private ExecutionEvent()
    {
    }

    /// <summary>Unique in its epoch, 1 to 128 characters. Null only for heartbeats and unreadable events.</summary>
    [Id(0)] public string? EventId { get; init; }

    /// <summary>Producer time, in whole microseconds. Null: tracker time is used.</summary>
    [Id(1)] public DateTimeOffset? At { get; init; }

    /// <summary>
    /// A note for the history row: the field that the tracker left out because it could not be read. Null if it left out none. Set by the tracker; not part of
    /// the event's hash.
    /// </summary>
    [Id(2)] public string? LeftOut { get; init; }

    /// <summary>
    /// The workflow of the execution; fills an empty value. Null: not stated. Start and end of the execution state it in their <c>Facts</c> instead.
    /// </summary>
    [Id(3)] public string? Workflow { get; init; }

    /// <summary>The namespace of the execution. Null: not stated. Start and end of the execution state it in their <c>Facts</c> instead.</summary>
    [Id(4)] public string? Namespace { get; init; }

    /// <summary>The <c>type</c> field in JSON.</summary>
    public abstract string Type { get; }

    /// <summary>The execution started. Claims a pending execution if it names a worker; its facts fill empty ones.</summary>
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

    /// <summary>The execution ended. Its facts override those of earlier events.</summary>
    [GenerateSerializer, Immutable, Alias("eg.event.execution-completed")]
    public sealed record ExecutionCompleted : ExecutionEvent
    {
        [Id(0)] public required Outcome Outcome { get; init; }

        [Id(1)] public byte[]? Output { get; init; }

        [Id(2)] public byte[]? Error { get; init; }

        /// <summary>The total cost; replaces the sum of the steps' costs. Null: the sum is used.</summary>
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

    /// <summary>A step ended. Its start fields override those of the start.</summary>
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

    /// <summary>An entry that is not a valid event. It is answered <c>rejected</c> in its place, and the rejection is recorded.</summary>
    [GenerateSerializer, Immutable, Alias("eg.event.unreadable")]
    public sealed record Unreadable : ExecutionEvent
    {
        [Id(0)] public required Code Code { get; init; }

        [Id(1)] public required string Message { get; init; }

        /// <summary>The type that the entry named, cut to 64 characters. Empty if it named none.</summary>
        [Id(2)] public required string ClaimedType { get; init; }

        public override string Type => ClaimedType;
    }
}
