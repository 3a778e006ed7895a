namespace ExecutionGrains.Views;

/// <summary>The block that completed last.</summary>
public sealed record CompletedMarkerView(
    string StepId,
    string Block,
    string? BlockType,
    DateTimeOffset StartedAt,
    DateTimeOffset? EndedAt,
    bool? Success);
