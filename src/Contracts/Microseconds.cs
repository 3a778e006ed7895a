namespace ExecutionGrains;

/// <summary>The grain of time on the wire and in the stores.</summary>
public static class Microseconds
{
    /// <summary>Cut to whole microseconds, in UTC.</summary>
    public static DateTimeOffset ToMicroseconds(this DateTimeOffset at) =>
        new(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);
}
