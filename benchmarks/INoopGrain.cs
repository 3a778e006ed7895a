using Orleans;

namespace ExecutionGrains.Bench;

/// <summary>A grain that does nothing, to measure the cost of a call.</summary>
[Alias("bench.INoopGrain")]
public interface INoopGrain : IGrainWithStringKey
{
    [Alias("Nothing")]
    Task Nothing();
}
