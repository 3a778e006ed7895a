using Orleans;
using Orleans.CodeGeneration;
using Orleans.Concurrency;

namespace ExecutionGrains.GrainInterfaces;

/// <summary>
/// One execution. The key is its <see cref="ExecutionId"/>. Every answer is given after the commit that makes it durable;
/// calls interleave, their order is the order in which they arrived.
/// </summary>
[Alias("eg.IExecutionGrain"), Version(1)]
public interface IExecutionGrain : IGrainWithStringKey
{
    /// <exception cref="ArgumentException">A field is out of bounds: a name is 1 to 256 characters without control characters and lone surrogates. It says which.</exception>
    [AlwaysInterleave, Alias("Create")]
    Task<CommandAnswer> Create(CreateExecution create, Caller caller);

    /// <inheritdoc cref="Create"/>
    [AlwaysInterleave, Alias("Claim")]
    Task<CommandAnswer> Claim(Worker worker, Caller caller);

    /// <summary>An event of which a field is out of bounds is answered <see cref="Code.InvalidEvent"/>, in its place.</summary>
    [AlwaysInterleave, Alias("Report")]
    Task<ReportAnswer> Report(EventReport report, Caller caller);

    [AlwaysInterleave, Alias("Cancel")]
    Task<CommandAnswer> Cancel(string? reason, Caller caller);

    [AlwaysInterleave, Alias("Resolve")]
    Task<CommandAnswer> Resolve(Resolution resolution, string? reason, Caller caller);

    [AlwaysInterleave, Alias("Requeue")]
    Task<CommandAnswer> Requeue(string? reason, Caller caller);

    /// <summary>
    /// Forgets a finished execution: its row, steps, logs, history, evidence, rejections, labels and payloads. The audit tells that it was done; figures stay.
    /// Its id is not given again while its tombstone lives. <see cref="Code.NotFinished"/> and <see cref="Code.LegalHold"/> are refusals.
    /// </summary>
    [AlwaysInterleave, Alias("Delete")]
    Task<CommandAnswer> Delete(Caller caller);

    /// <summary>Asks the grain to act on whatever of its deadlines has run out; the janitor's proposal. True when something did.</summary>
    [AlwaysInterleave, Alias("Judge")]
    Task<bool> Judge();

    /// <summary>The liveness that only the grain's memory holds; null for an unknown execution.</summary>
    [AlwaysInterleave, Alias("Liveness")]
    Task<LivenessView?> Liveness();
}
