using ExecutionGrains.Grains;
using Orleans;

namespace ExecutionGrains.Hosting.Cluster;

/// <summary>The report of one silo, sent to the silo that answers <c>/v1/cluster</c>.</summary>
/// <remarks>Ids 0, 1, 7 and 8 belonged to members of earlier versions and must not be used again.</remarks>
/// <param name="QueueDepth">Appends that wait in the commit queue.</param>
/// <param name="QueueBatchSize">Appends in the last commit; with several writers, the largest of their last commits.</param>
/// <param name="QueueLatencyMs">Duration of the last commit in milliseconds; with several writers, the longest of their last commits.</param>
/// <param name="Lost">Executions marked as lost on this silo since it started.</param>
/// <param name="Activations">Number of activated grains on this silo, by class.</param>
/// <param name="Buckets">Records of the buckets whose janitors are, or were, active on this silo.</param>
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
