namespace ExecutionGrains.Simulation;

/// <summary>The clock of one machine: simulated time plus an offset that can be stepped.</summary>
internal sealed class SiloClock(SimulatedTime time) : TimeProvider
{
    /// <summary>How far the wall clock is ahead of true time.</summary>
    public TimeSpan Offset { get; set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => time.Now + Offset;

    public override long GetTimestamp() => time.Elapsed.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        time.CreateTimer(callback, state, dueTime, period);
}
