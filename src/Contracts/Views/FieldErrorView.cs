namespace ExecutionGrains.Views;

/// <summary>One invalid field or query parameter.</summary>
/// <param name="Pointer">A JSON pointer to the field in the body, or <c>/</c> and the name of the query parameter.</param>
/// <param name="Message">The rule that it breaks, for humans.</param>
public sealed record FieldErrorView(string Pointer, string Message);
