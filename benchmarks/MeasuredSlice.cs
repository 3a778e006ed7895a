namespace ExecutionGrains.Bench;

/// <summary>A count of events, and the time that they took.</summary>
internal readonly record struct MeasuredSlice(long Count, TimeSpan Time)
{
    public double PerSecond => Count / Time.TotalSeconds;

    public static MeasuredSlice operator +(MeasuredSlice a, MeasuredSlice b) => new(a.Count + b.Count, a.Time + b.Time);
}
