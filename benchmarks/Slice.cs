namespace ExecutionGrains.Bench;

/// <summary>A count of events, and the time that they took.</summary>
internal readonly record struct Slice(long Count, TimeSpan Time)
{
    public double PerSecond => Count / Time.TotalSeconds;

    public static Slice operator +(Slice a, Slice b) => new(a.Count + b.Count, a.Time + b.Time);
}
