using Orleans;

namespace ExecutionGrains.Bench;

/// <summary>What a call costs that does nothing.</summary>
[Alias("bench.INoopGrain")]
public interface INoopGrain : IGrainWithStringKey
{
    [Alias("Nothing")]
    Task Nothing();
}
