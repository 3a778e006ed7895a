namespace ExecutionGrains.Embedded.Tests;

public sealed class TickedState
{
    public int Ticks { get; set; }
}
