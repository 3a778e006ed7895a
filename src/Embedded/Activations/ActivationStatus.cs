namespace ExecutionGrains.Embedded;

internal enum ActivationStatus
{
    /// <summary>Nobody has called it yet.</summary>
    Created,
    Activating,
    Valid,

    /// <summary>Takes no new calls: what comes waits for its successor.</summary>
    Deactivating,
    Gone,
}
