namespace ExecutionGrains.Silo.Hosting;

/// <summary>
/// Lets a burst of log records pass each minute. Anybody who reaches a port can fail a handshake as often as he likes, and each failure is a record with a
/// stack
/// trace.
/// </summary>
/// <param name="time">Its timestamps.</param>
public sealed class LogWindow(TimeProvider time)
{
    /// <summary>From the first record that is asked about. A record is asked about several times, at once.</summary>
    private static readonly TimeSpan Open = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private long? _openedAt;

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
