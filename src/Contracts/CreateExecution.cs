using Orleans;

namespace ExecutionGrains;

/// <summary>Creates an execution. With <see cref="Start"/>, also claims and starts it.</summary>
[GenerateSerializer, Immutable, Alias("eg.create-execution")]
public sealed record CreateExecution
{
    [Id(0)] public required ExecutionFacts Facts { get; init; }

    [Id(1)] public Worker? Start { get; init; }

    /// <summary>Producer time of the start. Null: tracker time.</summary>
    [Id(2)] public DateTimeOffset? StartAt { get; init; }
}
