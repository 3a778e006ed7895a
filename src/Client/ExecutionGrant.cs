namespace ExecutionGrains.Client;

/// <summary>The tracker's answer to a create or claim that it granted.</summary>
public sealed record ExecutionGrant
{
    public required Result Result { get; init; }

    public required ExecutionStatus Status { get; init; }

    public long Version { get; init; }

    public required int Epoch { get; init; }

    /// <summary>When the lease expires, by the tracker's clock. Null without a lease.</summary>
    public DateTimeOffset? LeaseExpiresAt { get; init; }

    /// <summary>
    /// Duration of the lease. Computed from the tracker's clock alone, and rounded down. Null if there is no lease or the transport cannot compute it.
    /// </summary>
    public TimeSpan? Lease { get; init; }

    /// <summary>The run token for further requests. Null if the transport does not use run tokens.</summary>
    public string? Token { get; init; }
}
