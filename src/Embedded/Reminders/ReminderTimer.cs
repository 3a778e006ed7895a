namespace ExecutionGrains.Embedded;

/// <summary>Ticks on the grid of a reminder's first tick, never two at once.</summary>
internal sealed class ReminderTimer : IDisposable
{
    /// <summary>A timer takes at most 49 days: a longer wait is made of several.</summary>
    private static readonly TimeSpan WaitMax = TimeSpan.FromDays(30);

    private readonly ReminderRow _row;
    private readonly TimeProvider _clock;
    private readonly Func<ReminderRow, Task> _tick;
    private readonly ITimer _timer;
    private DateTimeOffset _due;

    public ReminderTimer(ReminderRow row, TimeProvider clock, Func<ReminderRow, Task> tick)
    {
        (_row, _clock, _tick) = (row, clock, tick);
        _timer = clock.CreateTimer(static timer => _ = ((ReminderTimer)timer!).TickAsync(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _due = Next(mayBeNow: true);
        Wait();
    }

    /// <summary>The distance from <paramref name="now"/> to the next tick of the grid.</summary>
    public static TimeSpan UntilNext(ReminderRow row, DateTimeOffset now, bool mayBeNow)
    {
        var sinceFirst = now - row.StartAt;
        if (sinceFirst < TimeSpan.Zero || (mayBeNow && sinceFirst == TimeSpan.Zero))
        {
            return -sinceFirst;
        }

        return row.Period <= TimeSpan.Zero ? TimeSpan.Zero : row.Period - TimeSpan.FromTicks(sinceFirst.Ticks % row.Period.Ticks);
    }

    public void Dispose() => _timer.Dispose();

    private async Task TickAsync()
    {
        if (_clock.GetUtcNow() >= _due)
        {
            await _tick(_row).ConfigureAwait(false);
            _due = Next(mayBeNow: false);
        }

        Wait();
    }

    private DateTimeOffset Next(bool mayBeNow)
    {
        var now = _clock.GetUtcNow();
        return now + UntilNext(_row, now, mayBeNow);
    }

    private void Wait()
    {
        var wait = Math.Ceiling((_due - _clock.GetUtcNow()).TotalMilliseconds);
        _timer.Change(TimeSpan.FromMilliseconds(Math.Clamp(wait, 0, WaitMax.TotalMilliseconds)), Timeout.InfiniteTimeSpan);
    }
}
