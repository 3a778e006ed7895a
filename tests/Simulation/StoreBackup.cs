namespace ExecutionGrains.Simulation;

/// <summary>A backup of the simulated store.</summary>
/// <param name="Promises">
/// Events that were acknowledged by then, which a restored store must contain. Only later acknowledgements are lost by restoring this backup.
/// </param>
internal sealed record StoreBackup(TimeSpan At, MemoryStore Store, IReadOnlyList<Promise> Promises);
