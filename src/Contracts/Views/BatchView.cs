namespace ExecutionGrains.Views;

/// <summary>The answer to events of many executions, in order.</summary>
public sealed record BatchView(IReadOnlyList<BatchAnswerView> Results);
