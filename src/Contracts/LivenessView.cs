using Orleans;

namespace ExecutionGrains;

/// <summary>When an execution was last heard of, as the grain's memory has it.</summary>
[GenerateSerializer, Immutable, Alias("eg.liveness-view")]
public sealed record LivenessView(
    [property: Id(0)] DateTimeOffset? LastContactAt,
    [property: Id(1)] DateTimeOffset? LeaseExpiresAt,
    [property: Id(2)] Progress? Progress);
