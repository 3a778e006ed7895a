namespace ExecutionGrains.Views;

/// <summary>A time in which the tracker, or a silo of it, could not be heard of.</summary>
public sealed record OutageView(DateTimeOffset From, DateTimeOffset To);
