using ExecutionGrains.Testing;

namespace ExecutionGrains.Grains.Tests.Liveness;

public sealed class TrackerClockTests
{
    private readonly ManualTimeProvider _machine = new();
    private readonly TrackerClock _clock;

    public TrackerClockTests() => _clock = new(_machine);

    [Fact]
    public void Tracker_time_is_the_machines_time_in_whole_microseconds()
    {
        _machine.Advance(TimeSpan.FromTicks(10_000_019));
        Assert.Equal(new DateTimeOffset(2026, 1, 1, 0, 0, 1, TimeSpan.Zero).AddTicks(10), _clock.Now);
    }

    [Fact]
    public void After_a_step_back_tracker_time_runs_at_half_speed_until_the_clock_has_caught_up()
    {
        var before = _clock.Now;
        _machine.JumpWallClock(TimeSpan.FromSeconds(-10));
        Assert.Equal(before, _clock.Now);
        _machine.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(before.AddSeconds(2), _clock.Now);
        _machine.Advance(TimeSpan.FromSeconds(16));
        Assert.Equal(before.AddSeconds(10), _clock.Now);
        _machine.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(_machine.GetUtcNow(), _clock.Now);
    }

    [Fact]
    public void After_a_step_back_tracker_time_advances_even_if_it_is_read_at_every_tick()
    {
        var before = _clock.Now;
        _machine.JumpWallClock(TimeSpan.FromSeconds(-10));
        for (var tick = 0; tick < 10_000; tick++)
        {
            _machine.Advance(TimeSpan.FromTicks(1));
            _ = _clock.Now;
        }

        Assert.Equal(before.AddMicroseconds(500), _clock.Now);
    }

    [Fact]
    public void A_step_forward_is_followed_at_once()
    {
        _ = _clock.Now;
        _machine.JumpWallClock(TimeSpan.FromHours(1));
        Assert.Equal(_machine.GetUtcNow(), _clock.Now);
    }

    [Fact]
    public void Tracker_time_is_never_before_the_stores_last_time()
    {
        var seen = _clock.Now.AddSeconds(30);
        _clock.Follow(seen);
        Assert.Equal(seen, _clock.Now);
        _clock.Follow(seen.AddSeconds(-5));
        Assert.Equal(seen, _clock.Now);
    }
}
