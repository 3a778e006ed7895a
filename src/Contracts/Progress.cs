using Orleans;

namespace ExecutionGrains;

/// <summary>The progress that a worker reports.</summary>
/// <param name="Percent">0 to 100. Null if the worker did not report it.</param>
/// <param name="Message">At most 1,024 characters. Null if the worker did not report it.</param>
[GenerateSerializer, Immutable, Alias("eg.progress")]
public sealed record Progress([property: Id(0)] double? Percent, [property: Id(1)] string? Message);
