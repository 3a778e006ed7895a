namespace ExecutionGrains.Views;

/// <summary>The answers to events of many executions.</summary>
/// <param name="Results">One answer per entry or line, in the order of the request.</param>
public sealed record BatchView(IReadOnlyList<BatchAnswerView> Results);
