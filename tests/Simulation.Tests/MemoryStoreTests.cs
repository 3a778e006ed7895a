using ExecutionGrains.Rules;
using ExecutionGrains.Storage;
using ExecutionGrains.Storage.Tests;

namespace ExecutionGrains.Simulation;

/// <summary>Runs the stores' contract on the simulation's store, through a silo's link without faults.</summary>
public sealed class MemoryStoreTests : CommitContract
{
    private readonly MemoryStore _memory = new(isShared: true, (_, _, _) => { });
    private readonly CalmLink _link;

    public MemoryStoreTests() => _link = new CalmLink(_memory);

    protected override IExecutionStore Store => _link;

    protected override IOperationsStore Operations => _link;

    public override ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    protected override Task<IReadOnlyList<Effect.History>> HistoryAsync(ExecutionState state) =>
        Task.FromResult<IReadOnlyList<Effect.History>>([.. _memory.Executions.GetValueOrDefault(state.Id.Value)?.History.Select(h => h.Row).Take(10) ?? []]);

    protected override Task<IReadOnlyList<StepRow>> StepsAsync(ExecutionState state) =>
        Task.FromResult<IReadOnlyList<StepRow>>(
            [.. _memory.Executions.GetValueOrDefault(state.Id.Value)?.Steps.Values.OrderBy(s => s.Sequence).Take(10) ?? []]);
}
