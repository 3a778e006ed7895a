namespace ExecutionGrains.Hosting.Auth.RateLimits;

/// <summary>Limits a log message about frequent events to one a minute. The first event is logged at once.</summary>
internal sealed class LogThrottle
{
    private static readonly TimeSpan Pace = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private long _since;
    private long? _toldAt;

    /// <summary>Counts one event.</summary>
    /// <returns>The number of events since the last message, this one included, if a message is due; else null.</returns>
    public long? Count()
    {
        lock (_gate)
        {
            _since++;
            if (_toldAt is { } at && TimeProvider.System.GetElapsedTime(at) < Pace)
            {
                return null;
            }

            _toldAt = TimeProvider.System.GetTimestamp();
            var count = _since;
            _since = 0;
            return count;
        }
    }
}
