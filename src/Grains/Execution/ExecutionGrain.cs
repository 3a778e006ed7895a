using ExecutionGrains.GrainInterfaces;
using ExecutionGrains.Storage;
using Orleans;

namespace ExecutionGrains.Grains;

/// <summary>Adapts <see cref="ExecutionActor"/> to Orleans: the activation's scheduler makes its calls exclusive, and the calls interleave.</summary>
[GrainType("execution")]
public sealed class ExecutionGrain : Grain, IExecutionGrain, IDisposable
{
    private readonly ExecutionActor _actor;
    private readonly ActivationCounts _activations;

    public ExecutionGrain(IExecutionStore store, ICommitQueue queue, GrainServices services)
    {
        (_actor, _activations) = (new(new ExecutionId(this.GetPrimaryKeyString()), store, queue, services), services.Activations);
        _activations.AddExecution(1);
    }

    /// <summary>Orleans disposes of every grain that it made, also of one that did not activate.</summary>
    public void Dispose() => _activations.AddExecution(-1);

    public Task<CommandAnswer> Create(CreateExecution create, Caller caller) => _actor.CreateAsync(create, caller);

    public Task<CommandAnswer> Claim(Worker worker, Caller caller) => _actor.ClaimAsync(worker, caller);

    public Task<ReportAnswer> Report(EventReport report, Caller caller) => _actor.ReportAsync(report, caller);

    public Task<CommandAnswer> Cancel(string? reason, Caller caller) => _actor.CancelAsync(reason, caller);

    public Task<CommandAnswer> Resolve(Resolution resolution, string? reason, Caller caller) => _actor.ResolveAsync(resolution, reason, caller);

    public Task<CommandAnswer> Requeue(string? reason, Caller caller) => _actor.RequeueAsync(reason, caller);

    public Task<bool> Judge() => _actor.JudgeAsync();

    public Task<LivenessView?> Liveness() => _actor.LivenessAsync();
}
