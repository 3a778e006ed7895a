using Orleans;

namespace ExecutionGrains;

/// <summary>Events of one execution, applied in order.</summary>
/// <param name="Epoch">The epoch of the events. Null counts as 1.</param>
/// <param name="Events">The events, in the order in which they are applied.</param>
[GenerateSerializer, Immutable, Alias("eg.event-report")]
public sealed record EventReport(
    [property: Id(0)] int? Epoch,
    [property: Id(1)] ExecutionEvent[] Events)
{
    /// <summary>
    /// The epoch of each event, if one call has events of several epochs. Null, for the array or for an event: <see cref="Epoch"/> applies.
    /// </summary>
    [Id(2)] public int?[]? Epochs { get; init; }

    /// <summary>
    /// The epoch of the run token of the request. If the execution is in a later epoch, all events are refused as <see cref="Code.StaleEpoch"/>, whichever
    /// epoch they name. Null: the request had no run token.
    /// </summary>
    [Id(3)] public int? TokenEpoch { get; init; }
}
