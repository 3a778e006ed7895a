namespace ExecutionGrains.Views;

/// <summary>One page of a list. The cursor is opaque, and null at the end.</summary>
public sealed record PageView<T>(IReadOnlyList<T> Items, string? NextCursor);
