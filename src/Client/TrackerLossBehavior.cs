namespace ExecutionGrains.Client;

/// <summary>What happens to the work when the tracker has not answered for the length of a lease.</summary>
public enum TrackerLossBehavior
{
    /// <summary>The work continues. After an outage of its own, the tracker extends the leases of workers that it could not hear.</summary>
    Continue,

    /// <summary>
    /// <see cref="TrackedScope.Cancellation"/> fires with <see cref="StopReason.LeaseLost"/>. For work that must never run twice at the same time.
    /// </summary>
    Stop,
}
