namespace ExecutionGrains.Grains.Tests;

/// <summary>Silos that know nothing of each other: each counts as gone after what a balancer takes to send its callers to another.</summary>
public static class Members
{
    /// <summary>30 s.</summary>
    public static readonly TimeSpan GoneAfter = TimeSpan.FromSeconds(30);

    public static SiloMembership Unknown() => new(Guid.NewGuid().ToString("N"), GoneAfter, _ => false);
}
