namespace ExecutionGrains.Storage;

/// <summary>How much <see cref="IOperationsStore.PruneAsync"/> leaves.</summary>
internal static class Kept
{
    /// <summary>Heartbeats of silos: 7 days. A silo that has been silent for longer is long gone.</summary>
    public static readonly TimeSpan Signs = TimeSpan.FromDays(7);

    /// <summary>The newest outages. 1,000, as many as a silo remembers.</summary>
    public const int Outages = 1_000;

    /// <summary>Figures by the minute: 8 days, a day more than the longest window that begins at a minute (<see cref="FiguresWindow"/>).</summary>
    public static readonly TimeSpan Minutes = TimeSpan.FromDays(8);
}
