namespace ExecutionGrains.Silo.Auth;

/// <summary>Decides when a log line is due that tells of many events: at the first, then at most once a minute.</summary>
internal sealed class PacedLine
{
    private static readonly TimeSpan Pace = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private long _since;
    private long? _toldAt;

    /// <summary>Counts one event.</summary>
    /// <returns>How many there were since the last line, where one is due; else null.</returns>
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
