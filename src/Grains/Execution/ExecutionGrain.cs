using ExecutionGrains.GrainInterfaces;
using ExecutionGrains.Storage;
using ExecutionGrains.Storage.Commits;
using Orleans;

namespace ExecutionGrains.Grains;

/// <summary>
/// Adapts <see cref="ExecutionActor"/> to Orleans. The activation's task scheduler runs one continuation at a time; calls interleave at awaits.
/// </summary>
[GrainType("execution")]
public sealed class ExecutionGrain : Grain, IExecutionGrain, IDisposable
{
    private readonly Func<ExecutionActor> _make;
    private readonly ActivationCounts _activations;

    public ExecutionGrain(IExecutionStore store, ICommitQueue queue, GrainServices services)
    {
        _make = () => new(new ExecutionId(this.GetPrimaryKeyString()), store, queue, services);
        _activations = services.Activations;
        _activations.AddExecution(1);
    }

    /// <exception cref="ArgumentException">
    /// The grain's key is not a valid execution id. Checked at the first call, because an exception from the constructor would fail the activation instead.
    /// </exception>
    private ExecutionActor Actor => field ??= _make();

    /// <summary>Orleans disposes every grain that it created, including one whose activation failed.</summary>
    public void Dispose() => _activations.AddExecution(-1);

    public Task<CommandAnswer> Create(CreateExecution create, Caller caller) => Actor.CreateAsync(create, caller);

    public Task<CommandAnswer> Claim(Worker worker, Caller caller) => Actor.ClaimAsync(worker, caller);

    public Task<ReportAnswer> Report(EventReport report, Caller caller) => Actor.ReportAsync(report, caller);

    public Task<CommandAnswer> Cancel(string? reason, Caller caller) => Actor.CancelAsync(reason, caller);

    public Task<CommandAnswer> Resolve(Resolution resolution, string? reason, Caller caller) => Actor.ResolveAsync(resolution, reason, caller);

    public Task<CommandAnswer> Requeue(string? reason, Caller caller) => Actor.RequeueAsync(reason, caller);

    public async Task<CommandAnswer> Delete(Caller caller)
    {
        var answer = await Actor.DeleteAsync(caller);
        if (answer.Result == Result.Applied)
        {
            DeactivateOnIdle();
        }

        return answer;
    }

    public Task<bool> Judge() => Actor.JudgeAsync();

    public Task<LivenessView?> Liveness() => Actor.LivenessAsync();
}
