using Orleans;

namespace ExecutionGrains.Grains;

/// <summary>What a bucket's janitor remembers of its sweeps.</summary>
[GenerateSerializer, Alias("eg.janitor-record")]
public sealed class JanitorRecord
{
    [Id(0)] public DateTimeOffset? LastSweepAt { get; set; }

    [Id(1)] public long Found { get; set; }

    [Id(2)] public long Acted { get; set; }
}
