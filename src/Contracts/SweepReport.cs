using Orleans;

namespace ExecutionGrains;

/// <summary>The result of one sweep of one bucket.</summary>
/// <param name="At">When the sweep began, in tracker time.</param>
/// <param name="Found">Executions that were due.</param>
/// <param name="Acted">Executions that acted on an expired deadline.</param>
/// <param name="Paused">Whether an operator has paused the janitor. If so, the sweep did nothing.</param>
/// <param name="Held">Whether the sweep was held back because too many executions would have been lost at once.</param>
/// <param name="Duration">How long the sweep took.</param>
[GenerateSerializer, Immutable, Alias("eg.sweep-report")]
public sealed record SweepReport(
    [property: Id(0)] DateTimeOffset At,
    [property: Id(1)] int Found,
    [property: Id(2)] int Acted,
    [property: Id(3)] bool Paused,
    [property: Id(4)] bool Held,
    [property: Id(5)] TimeSpan Duration = default);
