using Orleans;

namespace ExecutionGrains;

/// <summary>What somebody said of an execution as a whole. Null is «nobody said»: it is filled by the next who does, never cleared.</summary>
[GenerateSerializer, Immutable, Alias("eg.execution-facts")]
public sealed record ExecutionFacts
{
    /// <summary>Nothing said.</summary>
    public static readonly ExecutionFacts None = new();

    [Id(0)] public string? Workflow { get; init; }

    [Id(1)] public string? Namespace { get; init; }

    [Id(2)] public string? TriggerType { get; init; }

    [Id(3)] public string? TriggeredBy { get; init; }

    /// <summary>At most 32; keys of 1 to 64 characters without <c>=</c>, values of 0 to 256. Merged key by key.</summary>
    [Id(4)] public Dictionary<string, string>? Labels { get; init; }

    [Id(5)] public string? ConfigVersion { get; init; }

    [Id(6)] public string? ParentExecutionId { get; init; }

    /// <summary>Whether step input and output are stored. Default false.</summary>
    [Id(7)] public bool? ExplicitTrace { get; init; }

    [Id(8)] public string? Traceparent { get; init; }

    /// <summary>Silence in seconds after which the execution is presumed dead, from 1; 0 is no lease (JSON <c>null</c>).</summary>
    [Id(9)] public int? HeartbeatTimeoutSeconds { get; init; }

    /// <summary>Longest run in seconds, from 1; null is none.</summary>
    [Id(10)] public int? TimeoutSeconds { get; init; }

    /// <summary>Whether a lost run may be repeated without an operator. Default false.</summary>
    [Id(11)] public bool? Idempotent { get; init; }

    /// <summary>Most started epochs, from 1. Default 1.</summary>
    [Id(12)] public int? MaxAttempts { get; init; }
}
