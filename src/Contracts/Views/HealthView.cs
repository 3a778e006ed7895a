namespace ExecutionGrains.Views;

/// <summary>Whether the silo lives, or can serve.</summary>
public sealed record HealthView(string Status);
