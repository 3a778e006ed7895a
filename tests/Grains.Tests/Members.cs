namespace ExecutionGrains.Grains.Tests;

/// <summary>Silos without membership: each counts as gone after the time that a balancer takes to send its callers elsewhere.</summary>
public static class Members
{
    /// <summary>30 s.</summary>
    public static readonly TimeSpan GoneAfter = TimeSpan.FromSeconds(30);

    public static SiloMembership Unknown() => new(Guid.NewGuid().ToString("N"), GoneAfter, _ => false);
}
