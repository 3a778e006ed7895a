using Orleans;

namespace ExecutionGrains;

/// <summary>The answer to create, claim, cancel, resolve, requeue and delete.</summary>
[GenerateSerializer, Immutable, Alias("eg.command-answer")]
public sealed record CommandAnswer
{
    [Id(0)] public required Result Result { get; init; }

    /// <summary>Why the call was refused. Null if it was not.</summary>
    [Id(1)] public Code? Code { get; init; }

    [Id(2)] public string? Message { get; init; }

    [Id(3)] public ExecutionStatus Status { get; init; }

    [Id(4)] public ExecutionStatus PreviousStatus { get; init; }

    [Id(5)] public long Version { get; init; }

    [Id(6)] public int Epoch { get; init; }

    [Id(7)] public DateTimeOffset? LeaseExpiresAt { get; init; }

    /// <summary>Whether the caller's worker holds the claim after this call. If so, the caller gets a run token.</summary>
    [Id(8)] public bool Claimed { get; init; }

    /// <summary>Whether the call created the execution.</summary>
    [Id(9)] public bool Created { get; init; }

    /// <summary>In answers to cancel: the reason of the first cancel. Null if it gave none.</summary>
    [Id(10)] public string? Reason { get; init; }

    /// <summary>In answers to cancel: tracker time of the first cancel.</summary>
    [Id(11)] public DateTimeOffset? RequestedAt { get; init; }

    [Id(12)] public string? Namespace { get; init; }
}
