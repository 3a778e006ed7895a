using Orleans;
using Orleans.CodeGeneration;
using Orleans.Concurrency;

namespace ExecutionGrains.GrainInterfaces;

/// <summary>
/// One execution. The grain key is its <see cref="ExecutionId"/>. Each call is answered after the commit that makes its result durable.
/// Calls interleave and are decided in the order of their arrival.
/// </summary>
[Alias("eg.IExecutionGrain"), Version(1)]
public interface IExecutionGrain : IGrainWithStringKey
{
    /// <exception cref="ArgumentException">
    /// A field is out of bounds; the message names it. A name has 1 to 256 characters and no control characters or lone surrogates.
    /// </exception>
    [AlwaysInterleave, Alias("Create")]
    Task<CommandAnswer> Create(CreateExecution create, Caller caller);

    /// <inheritdoc cref="Create"/>
    [AlwaysInterleave, Alias("Claim")]
    Task<CommandAnswer> Claim(Worker worker, Caller caller);

    /// <summary>
    /// Applies events in order. An event with a field out of bounds is rejected in its place in the results, for example with
    /// <see cref="Code.InvalidEvent"/>; the other events are not affected.
    /// </summary>
    [AlwaysInterleave, Alias("Report")]
    Task<ReportAnswer> Report(EventReport report, Caller caller);

    [AlwaysInterleave, Alias("Cancel")]
    Task<CommandAnswer> Cancel(string? reason, Caller caller);

    [AlwaysInterleave, Alias("Resolve")]
    Task<CommandAnswer> Resolve(Resolution resolution, string? reason, Caller caller);

    [AlwaysInterleave, Alias("Requeue")]
    Task<CommandAnswer> Requeue(string? reason, Caller caller);

    /// <summary>
    /// Deletes a finished execution: its row, steps, logs, history, evidence, rejections, labels and payloads. The audit row and the statistics stay.
    /// The id cannot be used again until its tombstone expires. Refused with <see cref="Code.NotFinished"/> or <see cref="Code.LegalHold"/>.
    /// </summary>
    [AlwaysInterleave, Alias("Delete")]
    Task<CommandAnswer> Delete(Caller caller);

    /// <summary>Acts on the first expired deadline. The janitor calls it for every due execution.</summary>
    /// <returns>True if a deadline had expired and the grain acted on it.</returns>
    [AlwaysInterleave, Alias("Judge")]
    Task<bool> Judge();

    /// <summary>The current liveness, which may be newer than the stored row. Null for an unknown execution.</summary>
    [AlwaysInterleave, Alias("Liveness")]
    Task<LivenessView?> Liveness();
}
