namespace ExecutionGrains.Client;

/// <summary>What a create or a claim was given.</summary>
public sealed record ExecutionGrant
{
    public required Result Result { get; init; }

    public required ExecutionStatus Status { get; init; }

    public long Version { get; init; }

    public required int Epoch { get; init; }

    /// <summary>By the tracker's clock.</summary>
    public DateTimeOffset? LeaseExpiresAt { get; init; }

    /// <summary>How long the lease is, measured on the tracker's clock alone, rather too short than too long; null where the transport cannot tell.</summary>
    public TimeSpan? Lease { get; init; }

    /// <summary>The run token; null over transports that need none.</summary>
    public string? Token { get; init; }
}
