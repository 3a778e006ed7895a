using Orleans;

namespace ExecutionGrains;

/// <summary>A worker's progress.</summary>
/// <param name="Percent">0 to 100. Null if the worker did not say.</param>
/// <param name="Message">At most 1,024 characters. Null if the worker did not say.</param>
[GenerateSerializer, Immutable, Alias("eg.progress")]
public sealed record Progress([property: Id(0)] double? Percent, [property: Id(1)] string? Message);
