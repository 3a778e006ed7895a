namespace ExecutionGrains.Client;

/// <summary>Why <see cref="TrackedScope.Cancellation"/> fired.</summary>
public enum StopReason
{
    /// <summary>It did not.</summary>
    None,

    /// <summary>Somebody asked the tracker to cancel; <see cref="ExecutionHandle.StopMessage"/> says why.</summary>
    Cancelled,

    /// <summary>The tracker holds the execution for finished.</summary>
    Stopped,

    /// <summary>It ran past its timeout.</summary>
    Deadline,

    /// <summary>The tracker holds the execution for lost; with <see cref="TrackerLost.Stop"/> also: it has not answered for a whole lease.</summary>
    LeaseLost,

    /// <summary>Another worker has it now, in a later epoch.</summary>
    Fenced,
}
