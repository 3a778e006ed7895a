namespace ExecutionGrains.Client;

/// <summary>The tracker refused a whole request, or could not be reached. Never contains a credential.</summary>
public sealed class TrackerException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The tracker's error code (<c>already_claimed</c>, <c>forbidden</c> …); null if there was none.</summary>
    public string? Code { get; init; }

    /// <summary>The HTTP status; null without an HTTP response.</summary>
    public int? Status { get; init; }

    /// <summary>
    /// Whether a retry may succeed: there was no response, the response did not come from the tracker, or the tracker asked for a retry.
    /// </summary>
    public bool Transient { get; init; }

    /// <summary>Delay that the tracker asked for before a retry; null if it asked for none.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
