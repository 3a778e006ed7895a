namespace ExecutionGrains.Bench;

/// <summary>What a store and its server have taken so far.</summary>
/// <param name="Stored">Bytes of its files, without the log.</param>
/// <param name="Logged">Bytes written to the engine's log; null: the engine does not say.</param>
/// <param name="ServerCpu">Of a server's processes; zero where the store is part of this one.</param>
internal readonly record struct Footprint(long Stored, long? Logged, TimeSpan ServerCpu);
