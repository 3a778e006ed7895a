namespace ExecutionGrains.Views;

/// <summary>The answer to one event of many executions. The id is null where none could be read.</summary>
public sealed record BatchAnswerView(string? ExecutionId, string? EventId, Result Result, Code? Code, string? Message)
{
    /// <summary>True exactly for <see cref="Result.Retry"/>.</summary>
    public bool Retryable => Result == Result.Retry;
}
