using System.Collections.Concurrent;
using ExecutionGrains.GrainInterfaces;
using ExecutionGrains.Grains;
using ExecutionGrains.Storage;
using ExecutionGrains.Storage.Commits;
using Microsoft.Extensions.DependencyInjection;

namespace ExecutionGrains.Scenarios;

/// <summary>Runs executions and janitors without a silo, each on its own exclusive scheduler, created at its first call.</summary>
internal sealed class ActorHost(IServiceProvider services)
{
    private readonly ConcurrentDictionary<string, IExecutionGrain> _executions = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<int, Janitor> _janitors = new();

    public IExecutionGrain Execution(string id) => _executions.GetOrAdd(id, key => new ActorGrain(
        new ExecutionActor(new ExecutionId(key), Of<IExecutionStore>(), Of<ICommitQueue>(), Of<GrainServices>())));

    public Task<SweepReport> SweepAsync(int bucket) => _janitors.GetOrAdd(bucket, number => new Janitor(new JanitorSweep(
        number,
        Of<IExecutionStore>(),
        Of<IOperationsStore>(),
        Of<GrainServices>(),
        Of<JanitorSettings>(),
        Of<MassLoss>(),
        id => Execution(id.Value).Judge()))).SweepAsync();

    private T Of<T>()
        where T : notnull => services.GetRequiredService<T>();

    /// <summary>Starts calls on an exclusive scheduler; their continuations return to it.</summary>
    private sealed class Turns
    {
        private readonly TaskFactory _turns = new(
            CancellationToken.None, TaskCreationOptions.DenyChildAttach, TaskContinuationOptions.None,
            new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler);

        public Task<T> RunAsync<T>(Func<Task<T>> call) => _turns.StartNew(call).Unwrap();
    }

    /// <summary>Private, because Orleans's code generator treats any other class with a grain interface as a grain.</summary>
    private sealed class ActorGrain(ExecutionActor actor) : IExecutionGrain
    {
        private readonly Turns _turns = new();

        public Task<CommandAnswer> Create(CreateExecution create, Caller caller) => _turns.RunAsync(() => actor.CreateAsync(create, caller));

        public Task<CommandAnswer> Claim(Worker worker, Caller caller) => _turns.RunAsync(() => actor.ClaimAsync(worker, caller));

        public Task<ReportAnswer> Report(EventReport report, Caller caller) => _turns.RunAsync(() => actor.ReportAsync(report, caller));

        public Task<CommandAnswer> Cancel(string? reason, Caller caller) => _turns.RunAsync(() => actor.CancelAsync(reason, caller));

        public Task<CommandAnswer> Resolve(Resolution resolution, string? reason, Caller caller) =>
            _turns.RunAsync(() => actor.ResolveAsync(resolution, reason, caller));

        public Task<CommandAnswer> Requeue(string? reason, Caller caller) => _turns.RunAsync(() => actor.RequeueAsync(reason, caller));

        public Task<CommandAnswer> Delete(Caller caller) => _turns.RunAsync(() => actor.DeleteAsync(caller));

        public Task<bool> Judge() => _turns.RunAsync(actor.JudgeAsync);

        public Task<LivenessView?> Liveness() => _turns.RunAsync(actor.LivenessAsync);
    }

    /// <summary>Its calls do not interleave: a sweep waits for the previous one.</summary>
    private sealed class Janitor(JanitorSweep sweep)
    {
        private readonly Turns _turns = new();
        private readonly SemaphoreSlim _call = new(1, 1);

        public async Task<SweepReport> SweepAsync()
        {
            await _call.WaitAsync();
            try
            {
                return await _turns.RunAsync(sweep.RunAsync);
            }
            finally
            {
                _call.Release();
            }
        }
    }
}
