namespace ExecutionGrains.Views;

/// <summary>One wrong field or query parameter.</summary>
/// <param name="Pointer">A JSON pointer to the field in the body, or <c>/</c> and the name of the query parameter.</param>
/// <param name="Message">The rule that it breaks, for people.</param>
public sealed record FieldErrorView(string Pointer, string Message);
