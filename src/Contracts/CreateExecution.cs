using Orleans;

namespace ExecutionGrains;

/// <summary>Makes an execution known, and with <see cref="Start"/> also claims and starts it.</summary>
[GenerateSerializer, Immutable, Alias("eg.create-execution")]
public sealed record CreateExecution
{
    [Id(0)] public required ExecutionFacts Facts { get; init; }

    [Id(1)] public Worker? Start { get; init; }

    /// <summary>The producer's time of the start.</summary>
    [Id(2)] public DateTimeOffset? StartAt { get; init; }
}
