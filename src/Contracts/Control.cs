using Orleans;

namespace ExecutionGrains;

/// <summary>What the reporting worker is told.</summary>
/// <param name="Stop">This worker should stop at once: finished, lost, cancelled, fenced off, or past its timeout.</param>
[GenerateSerializer, Immutable, Alias("eg.control")]
public sealed record Control(
    [property: Id(0)] bool CancelRequested,
    [property: Id(1)] string? CancelReason,
    [property: Id(2)] bool Stop);
