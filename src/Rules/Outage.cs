namespace ExecutionGrains.Rules;

/// <summary>A period in which the tracker, or one of its silos, could not receive reports. Silence during it does not count against a worker.</summary>
public readonly record struct Outage(DateTimeOffset From, DateTimeOffset To);
