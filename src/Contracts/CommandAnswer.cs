using Orleans;

namespace ExecutionGrains;

/// <summary>The answer to create, claim, cancel, resolve and requeue.</summary>
[GenerateSerializer, Immutable, Alias("eg.command-answer")]
public sealed record CommandAnswer
{
    [Id(0)] public required Result Result { get; init; }

    /// <summary>Why it was refused; null where it was not.</summary>
    [Id(1)] public Code? Code { get; init; }

    [Id(2)] public string? Message { get; init; }

    [Id(3)] public ExecutionStatus Status { get; init; }

    [Id(4)] public ExecutionStatus PreviousStatus { get; init; }

    [Id(5)] public long Version { get; init; }

    [Id(6)] public int Epoch { get; init; }

    [Id(7)] public DateTimeOffset? LeaseExpiresAt { get; init; }

    /// <summary>Whether the call holds the claim now, so that it is owed a run token.</summary>
    [Id(8)] public bool Claimed { get; init; }

    /// <summary>Whether the call made the execution.</summary>
    [Id(9)] public bool Created { get; init; }

    /// <summary>The first cancel's reason and time, on answers to cancel.</summary>
    [Id(10)] public string? Reason { get; init; }

    [Id(11)] public DateTimeOffset? RequestedAt { get; init; }

    [Id(12)] public string? Namespace { get; init; }
}
