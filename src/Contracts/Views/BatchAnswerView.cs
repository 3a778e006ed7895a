namespace ExecutionGrains.Views;

/// <summary>The answer to one event of <c>POST /v1/events</c>.</summary>
/// <param name="ExecutionId">The execution that the entry named. Null if none could be read.</param>
/// <param name="EventId">The id of the event. Null if it has none or none could be read.</param>
/// <param name="Result">How the event was handled, and whether to send it again.</param>
/// <param name="Code">Why the event was not applied. Null if it was applied or is a duplicate.</param>
/// <param name="Message">A description of the problem, for humans. Null if there is none.</param>
public sealed record BatchAnswerView(string? ExecutionId, string? EventId, Result Result, Code? Code, string? Message)
{
    /// <summary>Whether to send the event again, unchanged. True exactly if <c>result</c> is <c>retry</c>.</summary>
    public bool Retryable => Result == Result.Retry;
}
