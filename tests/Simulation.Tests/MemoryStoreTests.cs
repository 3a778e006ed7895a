using ExecutionGrains.Rules;
using ExecutionGrains.Storage;
using ExecutionGrains.Storage.Tests;

namespace ExecutionGrains.Simulation;

/// <summary>Runs the stores' contract on the simulation's store, through a silo's link without faults.</summary>
public sealed class MemoryStoreTests : CommitContract
{
    private readonly MemoryStore memory = new(isShared: true, (_, _, _) => { });
    private readonly CalmLink link;

    public MemoryStoreTests() => link = new CalmLink(memory);

    protected override IExecutionStore Store => link;

    protected override IOperationsStore Operations => link;

    public override ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    protected override Task<IReadOnlyList<Effect.History>> HistoryAsync(ExecutionState state) =>
        Task.FromResult<IReadOnlyList<Effect.History>>([.. memory.Executions.GetValueOrDefault(state.Id.Value)?.History.Select(h => h.Row).Take(10) ?? []]);

    protected override Task<IReadOnlyList<StepRow>> StepsAsync(ExecutionState state) =>
        Task.FromResult<IReadOnlyList<StepRow>>([.. memory.Executions.GetValueOrDefault(state.Id.Value)?.Steps.Values.OrderBy(s => s.Sequence).Take(10) ?? []]);
}
