namespace ExecutionGrains;

/// <summary>Microseconds are the precision of times on the wire and in the stores.</summary>
public static class Microseconds
{
    /// <summary>The time in UTC, rounded down to whole microseconds.</summary>
    public static DateTimeOffset ToMicroseconds(this DateTimeOffset at) =>
        new(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);
}
