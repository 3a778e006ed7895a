namespace ExecutionGrains.Bench;

/// <summary>Disk space and CPU time that a store and its server have used so far.</summary>
/// <param name="Stored">Size of the store's files in bytes, without the write-ahead log.</param>
/// <param name="Logged">Bytes written to the write-ahead log. Null if the engine does not report it.</param>
/// <param name="ServerCpu">CPU time of the server's processes. Zero if the store runs in this process.</param>
internal readonly record struct ResourceUsage(long Stored, long? Logged, TimeSpan ServerCpu);
