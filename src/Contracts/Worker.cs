using Orleans;

namespace ExecutionGrains;

/// <summary>The worker that runs an execution. The incarnation changes with every start of the worker's process. Null if the worker names none.</summary>
[GenerateSerializer, Immutable, Alias("eg.worker")]
public sealed record Worker([property: Id(0)] string WorkerId, [property: Id(1)] string? Incarnation);
