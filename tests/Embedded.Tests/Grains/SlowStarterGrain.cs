namespace ExecutionGrains.Embedded.Tests;

public sealed class SlowStarterGrain(World world) : Grain, ISlowStarter
{
    private int _count;

    public override Task OnActivateAsync(CancellationToken cancellationToken) => world["start"].Pass();

    public Task<int> Count() => Task.FromResult(++_count);
}
