using Orleans;

namespace ExecutionGrains;

/// <summary>The answer to one event.</summary>
[GenerateSerializer, Immutable, Alias("eg.event-answer")]
public sealed record EventAnswer(
    [property: Id(0)] string? EventId,
    [property: Id(1)] Result Result,
    [property: Id(2)] Code? Code,
    [property: Id(3)] string? Message)
{
    /// <summary>True exactly for <see cref="Result.Retry"/>.</summary>
    public bool Retryable => Result == Result.Retry;
}
