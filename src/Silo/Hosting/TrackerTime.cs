namespace ExecutionGrains.Silo.Hosting;

/// <summary>Our clock is keyed: the unkeyed <see cref="TimeProvider"/> is what Orleans times its membership and calls by.</summary>
public static class TrackerTime
{
    public const string Key = Grains.TrackerClock.Key;
}
