namespace ExecutionGrains.Storage;

/// <summary>The store could not do what it was asked to. Carries facts, no secrets.</summary>
public sealed class StoreException(string operation, string reason, bool transient, Exception? inner = null)
    : Exception($"The store could not {operation}: {reason}", inner)
{
    public string Operation { get; } = operation;

    public string Reason { get; } = reason;

    /// <summary>Whether the same call may succeed later.</summary>
    public bool Transient { get; } = transient;

    /// <summary>Whether a write may have happened all the same; it must be read back. Default false.</summary>
    public bool Uncertain { get; init; }
}
