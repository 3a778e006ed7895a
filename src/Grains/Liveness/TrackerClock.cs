using Microsoft.Extensions.DependencyInjection;

namespace ExecutionGrains.Grains;

/// <summary>
/// Tracker time: the machine's clock in whole microseconds, but never going back. After the machine's clock stepped back, tracker time runs at half speed until
/// the machine's clock catches up, so that leases expire late rather than early.
/// </summary>
public sealed class TrackerClock([FromKeyedServices(TrackerClock.Key)] TimeProvider time)
{
    /// <summary>DI key of the tracker's <see cref="TimeProvider"/>. Orleans uses the one without a key.</summary>
    public const string Key = "tracker";

    private readonly Lock _lock = new();
    private DateTimeOffset _last = DateTimeOffset.MinValue;

    // Half speed is computed from this anchor, not from the last call: calls within one microsecond of each other would each round down to no progress.
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

    /// <summary>Raises tracker time to at least this value: the latest time that the store has recorded.</summary>
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
