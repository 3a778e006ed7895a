namespace ExecutionGrains.Storage.Pages;

/// <summary>One page of a list. The cursor is null on the last page.</summary>
public sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor);
