using Orleans;

namespace ExecutionGrains;

/// <summary>
/// Facts about an execution as a whole, from a create call or an event. Null: not stated. The next call or event that states the field fills it; no fact is
/// ever cleared.
/// </summary>
[GenerateSerializer, Immutable, Alias("eg.execution-facts")]
public sealed record ExecutionFacts
{
    /// <summary>No fact is stated.</summary>
    public static readonly ExecutionFacts None = new();

    [Id(0)] public string? Workflow { get; init; }

    [Id(1)] public string? Namespace { get; init; }

    [Id(2)] public string? TriggerType { get; init; }

    [Id(3)] public string? TriggeredBy { get; init; }

    /// <summary>At most 32 labels. Keys have 1 to 64 characters and no <c>=</c>, values 0 to 256 characters. Merged key by key.</summary>
    [Id(4)] public Dictionary<string, string>? Labels { get; init; }

    [Id(5)] public string? ConfigVersion { get; init; }

    [Id(6)] public string? ParentExecutionId { get; init; }

    /// <summary>Whether step input and output are stored. Default false.</summary>
    [Id(7)] public bool? ExplicitTrace { get; init; }

    [Id(8)] public string? Traceparent { get; init; }

    /// <summary>
    /// The lease in seconds, from 1: after this silence the execution counts as lost. 0: no lease (<c>null</c> in JSON). Default 60 once a worker is known.
    /// </summary>
    [Id(9)] public int? HeartbeatTimeoutSeconds { get; init; }

    /// <summary>The longest run in seconds, from 1. Default: no limit.</summary>
    [Id(10)] public int? TimeoutSeconds { get; init; }

    /// <summary>Whether the tracker requeues a lost execution by itself, up to <see cref="MaxAttempts"/>. Default false.</summary>
    [Id(11)] public bool? Idempotent { get; init; }

    /// <summary>The highest number of epochs that may start, 1 to 1,000. Default 1.</summary>
    [Id(12)] public int? MaxAttempts { get; init; }
}
