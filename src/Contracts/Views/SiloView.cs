namespace ExecutionGrains.Views;

/// <summary>One silo.</summary>
public sealed record SiloView(string SiloId, string Status, DateTimeOffset StartedAt);
