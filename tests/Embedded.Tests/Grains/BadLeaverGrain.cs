namespace ExecutionGrains.Embedded.Tests;

public sealed class BadLeaverGrain(World world, ScopedService service) : Grain, IBadLeaver, IDisposable
{
    private string _badly = "";

    public Task Leave(string badly)
    {
        _badly = badly;
        service.Touch();
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => _badly switch
    {
        "throws" => throw new InvalidOperationException("not today"),
        "hangs" => world["leaving"].Pass(),
        _ => Task.CompletedTask,
    };

    public void Dispose()
    {
        world.Notes.Enqueue("grain disposed");
        if (_badly == "disposal")
        {
            throw new InvalidOperationException("not today");
        }
    }
}
