namespace ExecutionGrains.Grains;

/// <summary>What the grain runtime knows of the silos that share a store.</summary>
/// <param name="SiloId">The name of this one, unlike that of any other that ever was.</param>
/// <param name="GoneAfter">Silence after which another silo is held for gone though the runtime does not say so: nobody is judged meanwhile, so it must come to an end.</param>
/// <param name="IsDead">Whether the runtime knows that the silo of this name serves no more, and its executions are served elsewhere.</param>
public sealed record SiloMembership(string SiloId, TimeSpan GoneAfter, Func<string, bool> IsDead)
{
    /// <summary>What a balancer may take to send the callers of a silo that does not answer to another. 30 s.</summary>
    public static readonly TimeSpan BalancingMax = TimeSpan.FromSeconds(30);

    /// <summary>Silos that know nothing of each other.</summary>
    public static SiloMembership Unknown() => new(Guid.NewGuid().ToString("N"), BalancingMax, _ => false);
}
