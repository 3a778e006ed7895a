using ExecutionGrains.Testing;

namespace ExecutionGrains.Scenarios;

/// <summary>Without a silo a life is short enough to test a fault in every store call.</summary>
public abstract class CallSitesOnActors(StoreKind store) : CallSites(store, onActors: true)
{
    private protected override IEnumerable<(int At, string Name)> Chosen(IReadOnlyList<(int At, string Name)> sites) => sites;

    /// <summary>An end is reduced only if the store refused it in full (D23).</summary>
    private protected override void CheckReduced(Mishap kind, int reduced) => Assert.Equal(kind is Mishap.Refuses, reduced > 0);
}
