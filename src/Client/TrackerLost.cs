namespace ExecutionGrains.Client;

/// <summary>What happens to the work when the tracker has not answered for a whole lease.</summary>
public enum TrackerLost
{
    /// <summary>It goes on. The tracker forgives workers the time in which it was away itself.</summary>
    Continue,

    /// <summary><see cref="TrackedScope.Cancellation"/> fires with <see cref="StopReason.LeaseLost"/>: for work that must never run twice at once.</summary>
    Stop,
}
