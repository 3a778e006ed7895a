using ExecutionGrains.Grains;
using Orleans;

namespace ExecutionGrains.Silo.Cluster;

/// <summary>What a silo reports of itself to the silo that answers <c>/v1/cluster</c>.</summary>
/// <remarks>Ids 0, 1, 7 and 8 belonged to members of earlier versions and stay unused.</remarks>
/// <param name="Lost">Executions lost on this silo since it started.</param>
/// <param name="Activations">Grains in this silo's memory, by class.</param>
/// <param name="Buckets">Records of the buckets whose janitors live, or lived, on this silo.</param>
[GenerateSerializer, Immutable, Alias("eg.silo-report")]
public sealed record SiloReport(
    [property: Id(2)] string Version,
    [property: Id(3)] DateTimeOffset StartedAt,
    [property: Id(4)] long? QueueDepth,
    [property: Id(5)] double? QueueBatchSize,
    [property: Id(6)] double? QueueLatencyMs,
    [property: Id(9)] long? Lost,
    [property: Id(10)] Dictionary<string, long> Activations,
    [property: Id(11)] Dictionary<int, JanitorRecord> Buckets);
