using Orleans;

namespace ExecutionGrains;

/// <summary>Instructions to the worker that sent the report.</summary>
/// <param name="CancelRequested">Whether a cancel was requested: finish soon and report outcome <c>cancel</c>.</param>
/// <param name="CancelReason">The reason of the cancel. Null if none was requested or given.</param>
/// <param name="Stop">Whether this worker should stop at once: the execution is finished, lost, cancelled, held by another worker, or past its timeout.</param>
[GenerateSerializer, Immutable, Alias("eg.control")]
public sealed record Control(
    [property: Id(0)] bool CancelRequested,
    [property: Id(1)] string? CancelReason,
    [property: Id(2)] bool Stop);
