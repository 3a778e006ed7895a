using Orleans;
using Orleans.CodeGeneration;

namespace ExecutionGrains.GrainInterfaces;

/// <summary>Sweeps one bucket of executions. Keys are <c>janitor/0</c> to <c>janitor/15</c>.</summary>
[Alias("eg.IJanitorGrain"), Version(1)]
public interface IJanitorGrain : IGrainWithStringKey
{
    /// <summary>How many buckets there are.</summary>
    const int BucketCount = 16;

    /// <summary>Registers the reminder. Safe to call again.</summary>
    [Alias("Start")]
    Task Start();

    /// <summary>Judges everything that is due, in pages, until nothing is.</summary>
    [Alias("Sweep")]
    Task<SweepReport> Sweep();

    static string Key(int bucket) => $"janitor/{bucket}";
}
