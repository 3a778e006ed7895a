namespace ExecutionGrains.Embedded.Tests;

public sealed class ProbeGrain(World world) : Grain, IProbe
{
    private int _count;
    private List<int> _kept = [];

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        world.Activating(this.GetPrimaryKeyString());
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        world.Notes.Enqueue($"deactivated {this.GetPrimaryKeyString()}: {reason.ReasonCode}");
        return Task.CompletedTask;
    }

    public Task Nothing() => Task.CompletedTask;

    public Task<int> Count() => Task.FromResult(++_count);

    public Task<int> CountBeside() => Count();

    public async Task<string> Hold(string gate)
    {
        await world[gate].Pass();
        return gate;
    }

    public Task<string> HoldBeside(string gate) => Hold(gate);

    public async Task<int> CountWithPauses(int steps)
    {
        for (var i = 0; i < steps; i++)
        {
            var before = _count;
            await Task.Yield();
            _count = before + 1;
        }

        return _count;
    }

    public async Task<bool> IsOnItsScheduler()
    {
        var scheduler = TaskScheduler.Current;
        await Task.Yield();
        return scheduler != TaskScheduler.Default && TaskScheduler.Current == scheduler && SynchronizationContext.Current is null;
    }

    public Task Throw(string message) => throw new InvalidOperationException(message);

    public Task Leave()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public async Task HoldAndLeave(string gate)
    {
        DeactivateOnIdle();
        await world[gate].Pass();
    }

    public Task<string> Key() => Task.FromResult(this.GetPrimaryKeyString());

    public Task<string> KeyThroughReference() => Task.FromResult(GrainFactory.GetGrain<IProbe>(this.GetPrimaryKeyString()).GetPrimaryKeyString());

    public Task<int> Activations() => Task.FromResult(world.Activations[this.GetPrimaryKeyString()]);

    public Task CallBack(IProbe other) => other.CallSelf();

    public Task CallSelf()
    {
        var call = GrainFactory.GetGrain<IProbe>("a").Nothing();
        world["called back"].Pass();
        return call;
    }

    public ValueTask<int> Twice(int value) => new(value * 2);

    public Task<bool> Keep(List<int> values)
    {
        _kept = values;
        return Task.FromResult(ReferenceEquals(values, world.LastKept));
    }

    public Task<bool> KeepImmutable(List<int> values) => Keep(values);

    public Task<List<int>> Kept() => Task.FromResult(_kept);
}
