using Orleans;

namespace ExecutionGrains;

/// <summary>What one sweep of one bucket did.</summary>
[GenerateSerializer, Immutable, Alias("eg.sweep-report")]
public sealed record SweepReport(
    [property: Id(0)] DateTimeOffset At,
    [property: Id(1)] int Found,
    [property: Id(2)] int Acted,
    [property: Id(3)] bool Paused,
    [property: Id(4)] bool Held,
    [property: Id(5)] TimeSpan Duration = default);
