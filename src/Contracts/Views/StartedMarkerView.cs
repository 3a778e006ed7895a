namespace ExecutionGrains.Views;

/// <summary>The block that started last.</summary>
/// <param name="StepId">The step that runs, or ran, the block.</param>
/// <param name="Block">The name of the block.</param>
/// <param name="BlockType">The type of the block. Null if the worker gave none.</param>
/// <param name="StartedAt">When the step started.</param>
public sealed record StartedMarkerView(string StepId, string Block, string? BlockType, DateTimeOffset StartedAt);
