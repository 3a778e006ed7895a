namespace ExecutionGrains.Client;

/// <summary>The tracker refused a whole call, or could not be reached. Never holds a credential.</summary>
public sealed class TrackerException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The tracker's word (<c>already_claimed</c>, <c>forbidden</c> …); null where it said none.</summary>
    public string? Code { get; init; }

    /// <summary>The HTTP status; null where there was no HTTP answer.</summary>
    public int? Status { get; init; }

    /// <summary>Whether the same call may succeed later: no answer, an answer that is not the tracker's, or one by which it asks to come again.</summary>
    public bool Transient { get; init; }

    /// <summary>What the tracker asked to wait; null where it did not.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
