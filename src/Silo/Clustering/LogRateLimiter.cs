namespace ExecutionGrains.Silo.Clustering;

/// <summary>
/// Rate limit for log records: opens for 100 ms, at most once a minute. An unauthenticated peer can cause any number of failed handshakes and unreadable
/// trailers, and each logs a record with a stack trace.
/// </summary>
/// <param name="time">Source of the timestamps.</param>
public sealed class LogRateLimiter(TimeProvider time)
{
    /// <summary>How long the window stays open after its first call. More than zero, because the logging filters call it several times per record.</summary>
    private static readonly TimeSpan Open = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private long? _openedAt;

    /// <summary>Whether the record may be logged. The first call after a minute opens the window again.</summary>
    public bool IsOpen()
    {
        lock (_gate)
        {
            if (_openedAt is not { } at || time.GetElapsedTime(at) >= Period)
            {
                _openedAt = time.GetTimestamp();
                return true;
            }

            return time.GetElapsedTime(at) < Open;
        }
    }
}
