namespace ExecutionGrains.Grains;

/// <summary>What Orleans knows about the silos that share a store.</summary>
/// <param name="SiloId">Id of this silo; never reused. A single silo always uses the same port, so only its start time distinguishes two runs.</param>
/// <param name="GoneAfter">
/// Silence after which another silo counts as dead even if Orleans has not declared it dead. A limit is needed, because deadlines are not judged past the
/// last heartbeat of a silent silo.
/// </param>
/// <param name="IsDead">Whether Orleans knows that the silo with this id is dead and that its executions are served elsewhere.</param>
public sealed record SiloMembership(string SiloId, TimeSpan GoneAfter, Func<string, bool> IsDead);
