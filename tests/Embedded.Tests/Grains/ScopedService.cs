namespace ExecutionGrains.Embedded.Tests;

/// <summary>What an activation has for itself, and what has to go with it.</summary>
public sealed class ScopedService(World world) : IDisposable
{
    public void Touch() => world.Notes.Enqueue("scope used");

    public void Dispose()
    {
        world.Notes.Enqueue("scope disposed");
        world["gone"].Pass();
    }
}
