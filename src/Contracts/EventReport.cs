using Orleans;

namespace ExecutionGrains;

/// <summary>Events of one execution, applied in order. Epoch left out counts as 1.</summary>
[GenerateSerializer, Immutable, Alias("eg.event-report")]
public sealed record EventReport(
    [property: Id(0)] int? Epoch,
    [property: Id(1)] ExecutionEvent[] Events)
{
    /// <summary>Each event's own epoch, where events of several epochs come in one call; null: <see cref="Epoch"/> for all.</summary>
    [Id(2)] public int?[]? Epochs { get; init; }

    /// <summary>The epoch of the run token that the report came with: once the execution is beyond it, every event is of that epoch, whatever it says. Null: no token.</summary>
    [Id(3)] public int? TokenEpoch { get; init; }
}
