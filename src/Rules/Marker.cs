namespace ExecutionGrains.Rules;

/// <summary>A monotonic marker: the last block that started, or that completed.</summary>
/// <param name="At">The stored time it is ordered by: the producer's, else the tracker's.</param>
public sealed record Marker(
    string StepId,
    string Block,
    string? BlockType,
    DateTimeOffset At,
    DateTimeOffset StartedAt,
    DateTimeOffset? EndedAt,
    bool? Success);
