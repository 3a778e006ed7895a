using Orleans;

namespace ExecutionGrains;

/// <summary>How far a worker says it is. Percent is 0 to 100.</summary>
[GenerateSerializer, Immutable, Alias("eg.progress")]
public sealed record Progress([property: Id(0)] double? Percent, [property: Id(1)] string? Message);
