namespace ExecutionGrains.Views;

/// <summary>A period in which the tracker, or one of its silos, could not receive reports.</summary>
/// <param name="From">The last heartbeat before the outage.</param>
/// <param name="To">The first heartbeat after the outage, or the time when another silo recorded that a silo was gone.</param>
public sealed record OutageView(DateTimeOffset From, DateTimeOffset To);
