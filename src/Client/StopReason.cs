namespace ExecutionGrains.Client;

/// <summary>Why <see cref="TrackedScope.Cancellation"/> fired.</summary>
public enum StopReason
{
    /// <summary>It has not fired.</summary>
    None,

    /// <summary>The execution was cancelled at the tracker. <see cref="ExecutionHandle.StopMessage"/> is the reason given.</summary>
    Cancelled,

    /// <summary>The tracker reported that the execution has already finished.</summary>
    Finished,

    /// <summary>The execution exceeded its timeout.</summary>
    Deadline,

    /// <summary>
    /// The tracker marked the execution lost. With <see cref="TrackerLossBehavior.Stop"/> also: the tracker did not answer for the length of a lease.
    /// </summary>
    LeaseLost,

    /// <summary>Another worker took over the execution in a later epoch, or had already claimed it.</summary>
    Fenced,
}
