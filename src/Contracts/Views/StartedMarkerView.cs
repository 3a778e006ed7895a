namespace ExecutionGrains.Views;

/// <summary>The block that started last.</summary>
public sealed record StartedMarkerView(string StepId, string Block, string? BlockType, DateTimeOffset StartedAt);
