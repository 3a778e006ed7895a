using Orleans;

namespace ExecutionGrains;

/// <summary>Who runs an execution. The incarnation changes at every start of the worker's process; null where the worker does not say.</summary>
[GenerateSerializer, Immutable, Alias("eg.worker")]
public sealed record Worker([property: Id(0)] string WorkerId, [property: Id(1)] string? Incarnation);
