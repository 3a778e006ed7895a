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

    // Half speed counts from here, not from the last call: calls that follow each other within a microsecond would each round down to no time at all.
    private DateTimeOffset _anchor = DateTimeOffset.MinValue;
    private long _anchorStamp = time.GetTimestamp();

    public TimeProvider Time => time;

    public DateTimeOffset Now
    {
        get
        {
            lock (_lock)
            {
                var stamp = time.GetTimestamp();
                var wall = time.GetUtcNow();
                var floor = _anchor + (time.GetElapsedTime(_anchorStamp, stamp) / 2);
                if (wall >= floor)
                {
                    (_anchor, _anchorStamp) = (wall, stamp);
                }

                var now = (wall > floor ? wall : floor).ToMicroseconds();
                _last = now > _last ? now : _last;
                return _last;
            }
        }
    }

    /// <summary>Tracker time is at least this from now on; called with what the store last saw.</summary>
    public void Follow(DateTimeOffset seen)
    {
        lock (_lock)
        {
            if (seen > _last)
            {
                (_last, _anchor, _anchorStamp) = (seen, seen, time.GetTimestamp());
            }
        }
    }
}
