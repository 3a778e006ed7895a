namespace ExecutionGrains.Views;

/// <summary>One page of a list.</summary>
/// <param name="Items">The items of this page, at most <c>limit</c>. A page before the end of the list may have fewer items, or none.</param>
/// <param name="NextCursor">Send this as <c>cursor</c>, with the same filters, to read the next page. Null at the end of the list.</param>
public sealed record PageView<T>(IReadOnlyList<T> Items, string? NextCursor);
