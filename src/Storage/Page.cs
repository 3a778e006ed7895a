namespace ExecutionGrains.Storage;

/// <summary>One page. The cursor is null at the end.</summary>
public sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor);
