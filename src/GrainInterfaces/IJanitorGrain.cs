using Orleans;
using Orleans.CodeGeneration;

namespace ExecutionGrains.GrainInterfaces;

/// <summary>Looks for due executions in one of 16 buckets. Grain keys are <c>janitor/0</c> to <c>janitor/15</c>.</summary>
[Alias("eg.IJanitorGrain"), Version(1)]
public interface IJanitorGrain : IGrainWithStringKey
{
    const int BucketCount = 16;

    /// <summary>Registers the reminder that starts sweeps. May be called again.</summary>
    [Alias("Start")]
    Task Start();

    /// <summary>Asks every due execution of the bucket to act on its deadlines, in pages, until none is due.</summary>
    [Alias("Sweep")]
    Task<SweepReport> Sweep();

    static string Key(int bucket) => $"janitor/{bucket}";
}
