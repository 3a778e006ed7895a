using Orleans;

namespace ExecutionGrains.Bench;

public sealed class NoopGrain : Grain, INoopGrain
{
    public Task Nothing() => Task.CompletedTask;
}
