namespace ExecutionGrains.Storage;

/// <summary>A store operation failed. Properties and message carry facts, no secrets.</summary>
public sealed class StoreException(string operation, string reason, bool transient, Exception? inner = null)
    : Exception($"The store could not {operation}: {reason}", inner)
{
    public string Operation { get; } = operation;

    public string Reason { get; } = reason;

    /// <summary>Whether the same call may succeed later.</summary>
    public bool Transient { get; } = transient;

    /// <summary>Whether a write may have happened in spite of the error, so that it must be read back. Default false.</summary>
    public bool Uncertain { get; init; }
}
