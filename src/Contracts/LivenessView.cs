using Orleans;

namespace ExecutionGrains;

/// <summary>The liveness of an execution in the memory of its grain. May be newer than the stored row.</summary>
[GenerateSerializer, Immutable, Alias("eg.liveness-view")]
public sealed record LivenessView(
    [property: Id(0)] DateTimeOffset? LastContactAt,
    [property: Id(1)] DateTimeOffset? LeaseExpiresAt,
    [property: Id(2)] Progress? Progress);
