using Orleans;

namespace ExecutionGrains;

/// <summary>The answer to one event.</summary>
/// <param name="EventId">The id of the event. Null if it has none or none could be read.</param>
/// <param name="Result">How the event was handled, and whether to send it again.</param>
/// <param name="Code">Why the event was not applied. Null if it was applied or is a duplicate.</param>
/// <param name="Message">A description of the problem, for humans. Null if there is none.</param>
[GenerateSerializer, Immutable, Alias("eg.event-answer")]
public sealed record EventAnswer(
    [property: Id(0)] string? EventId,
    [property: Id(1)] Result Result,
    [property: Id(2)] Code? Code,
    [property: Id(3)] string? Message)
{
    /// <summary>Whether to send the event again, unchanged. True exactly if <c>result</c> is <c>retry</c>.</summary>
    public bool Retryable => Result == Result.Retry;
}
