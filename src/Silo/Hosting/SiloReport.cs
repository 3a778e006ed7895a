using Orleans;

namespace ExecutionGrains.Silo.Hosting;

/// <summary>What a silo says of itself to the one that was asked for <c>/v1/cluster</c>.</summary>
[GenerateSerializer, Immutable, Alias("eg.silo-report")]
public sealed record SiloReport(
    [property: Id(0)] string Address,
    [property: Id(1)] string SiloId,
    [property: Id(2)] string Version,
    [property: Id(3)] DateTimeOffset StartedAt,
    [property: Id(4)] long? QueueDepth,
    [property: Id(5)] double? QueueBatchSize,
    [property: Id(6)] double? QueueLatencyMs,
    [property: Id(7)] DateTimeOffset? LastSweep,
    [property: Id(8)] long? Found,
    [property: Id(9)] long? Lost);
