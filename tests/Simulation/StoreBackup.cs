namespace ExecutionGrains.Simulation;

/// <summary>A backup.</summary>
/// <param name="Promises">What had been acknowledged by then: a restored store holds it. What is acknowledged later is lost where the backup is restored, nothing else is.</param>
internal sealed record StoreBackup(TimeSpan At, MemoryStore Store, IReadOnlyList<Promise> Promises);
