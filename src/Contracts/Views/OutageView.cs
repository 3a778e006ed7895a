namespace ExecutionGrains.Views;

/// <summary>A time in which the tracker, or one of its silos, could not be reached.</summary>
/// <param name="From">The last sign of life before it.</param>
/// <param name="To">The first sign of life after it.</param>
public sealed record OutageView(DateTimeOffset From, DateTimeOffset To);
