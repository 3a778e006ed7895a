using ExecutionGrains.Storage.Stats;

namespace ExecutionGrains.Storage;

/// <summary>How much data <see cref="IOperationsStore.PruneAsync"/> keeps.</summary>
internal static class Kept
{
    /// <summary>Age of heartbeats. 7 days: a silo silent for longer does not come back.</summary>
    public static readonly TimeSpan Signs = TimeSpan.FromDays(7);

    /// <summary>Number of newest outages. 1,000, as many as a silo holds in memory.</summary>
    public const int Outages = 1_000;

    /// <summary>Age of figures by the minute. 8 days, one day more than the longest window that begins at a minute (<see cref="FiguresWindow"/>).</summary>
    public static readonly TimeSpan Minutes = TimeSpan.FromDays(8);
}
