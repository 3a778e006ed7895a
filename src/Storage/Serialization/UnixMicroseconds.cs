namespace ExecutionGrains.Storage.Serialization;

/// <summary>Conversion of times to the store's unit: unix microseconds.</summary>
internal static class UnixMicroseconds
{
    public const long PerSecond = 1_000_000;
    public const long PerDay = 86_400 * PerSecond;

    public static long From(DateTimeOffset time) => Math.DivRem(time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks, 10).Quotient;

    public static long? From(DateTimeOffset? time) => time is { } t ? From(t) : null;

    public static DateTimeOffset ToTime(long micros) => new(DateTimeOffset.UnixEpoch.Ticks + (micros * 10), TimeSpan.Zero);

    public static DateTimeOffset? ToTime(long? micros) => micros is { } m ? ToTime(m) : null;

    /// <summary>The UTC day, counted from the unix epoch, by which all rows of an execution are keyed.</summary>
    public static long Day(DateTimeOffset createdAt) => Floor(From(createdAt), PerDay) / PerDay;

    public static long Floor(long micros, long span) => micros - (((micros % span) + span) % span);
}
