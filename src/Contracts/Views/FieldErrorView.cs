namespace ExecutionGrains.Views;

/// <summary>One bad field, named by JSON pointer.</summary>
public sealed record FieldErrorView(string Pointer, string Message);
