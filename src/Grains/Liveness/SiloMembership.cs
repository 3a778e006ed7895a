namespace ExecutionGrains.Grains;

/// <summary>What the grain runtime knows of the silos that share a store.</summary>
/// <param name="SiloId">The id of this silo; never reused. A single silo always has the same port, so only its start time tells two runs apart.</param>
/// <param name="GoneAfter">Silence after which another silo counts as gone even if the runtime has not said so. Nobody is judged meanwhile, so it must end.</param>
/// <param name="IsDead">Whether the runtime knows that the silo of this id serves no more, and its executions are served elsewhere.</param>
public sealed record SiloMembership(string SiloId, TimeSpan GoneAfter, Func<string, bool> IsDead);
