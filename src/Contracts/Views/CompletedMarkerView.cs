namespace ExecutionGrains.Views;

/// <summary>The block that completed last.</summary>
/// <param name="StepId">The step that ran the block.</param>
/// <param name="Block">The name of the block.</param>
/// <param name="BlockType">The type of the block. Null if the worker gave none.</param>
/// <param name="StartedAt">When the step started.</param>
/// <param name="EndedAt">When the step ended.</param>
/// <param name="Success">Whether the step succeeded.</param>
public sealed record CompletedMarkerView(
    string StepId,
    string Block,
    string? BlockType,
    DateTimeOffset StartedAt,
    DateTimeOffset? EndedAt,
    bool? Success);
