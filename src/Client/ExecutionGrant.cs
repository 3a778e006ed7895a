namespace ExecutionGrains.Client;

/// <summary>What a create or a claim was given.</summary>
public sealed record ExecutionGrant
{
    public required Result Result { get; init; }

    public required ExecutionStatus Status { get; init; }

    public long Version { get; init; }

    public required int Epoch { get; init; }

    public DateTimeOffset? LeaseExpiresAt { get; init; }

    /// <summary>The run token; null over transports that need none.</summary>
    public string? Token { get; init; }
}
