namespace ExecutionGrains.Scenarios;

/// <summary>A scenario is written once and runs on every store, see <c>PerStore.cs</c>.</summary>
public abstract class Scenario(StoreKind store)
{
    private protected StoreKind Store => store;

    private protected Task<World> OpenAsync(double massLossHold = 0, double deactivateAtRandom = 0) => World.OpenAsync(store, massLossHold, deactivateAtRandom);

    private protected Task<World> RestoredAsync(string backup, TimeSpan later) => World.RestoredAsync(store, backup, later);
}
