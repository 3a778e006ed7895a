using Microsoft.Extensions.DependencyInjection;

namespace ExecutionGrains.Grains;

/// <summary>
/// Tracker time: the machine's clock, in whole microseconds, that never goes back. Where the machine's clock stepped back, tracker time goes on at half speed until it is
/// caught up with, so that leases run out late rather than early.
/// </summary>
public sealed class TrackerClock([FromKeyedServices(TrackerClock.Key)] TimeProvider time)
{
    /// <summary>The DI key of our <see cref="TimeProvider"/>; Orleans times itself by the unkeyed one.</summary>
    public const string Key = "tracker";

    private readonly Lock _lock = new();
    private DateTimeOffset _last = DateTimeOffset.MinValue;
    private long _stamp = time.GetTimestamp();

    public TimeProvider Time => time;

    public DateTimeOffset Now
    {
        get
        {
            lock (_lock)
            {
                var stamp = time.GetTimestamp();
                var wall = time.GetUtcNow();
                var floor = _last == DateTimeOffset.MinValue ? wall : _last + (time.GetElapsedTime(_stamp, stamp) / 2);
                _last = (wall > floor ? wall : floor).ToMicroseconds();
                _stamp = stamp;
                return _last;
            }
        }
    }

    /// <summary>Tracker time is at least this from now on; called with what the store last saw.</summary>
    public void Follow(DateTimeOffset seen)
    {
        lock (_lock)
        {
            _last = seen > _last ? seen : _last;
        }
    }
}
