namespace ExecutionGrains.Views;

/// <summary>
/// The stored record of one bucket's janitor. It survives restarts and moves of the janitor. Null where no silo that answered has had the bucket's janitor yet.
/// </summary>
/// <param name="Bucket">0 to 15.</param>
/// <param name="LastSweepMs">How long the last sweep took.</param>
/// <param name="Found">Executions found due, in all sweeps.</param>
/// <param name="Acted">Executions that acted on a deadline, in all sweeps.</param>
/// <param name="Held">Whether the last sweep was held because it would have been a mass loss.</param>
/// <param name="Silo">The silo, of those that answered, with the latest record: the bucket's janitor lives, or lived, there.</param>
/// <param name="Recent">The last sweeps that acted, newest first, at most 10.</param>
public sealed record JanitorBucketView(
    int Bucket, DateTimeOffset? LastSweep, double? LastSweepMs, long? Found, long? Acted, bool Held, string? Silo, IReadOnlyList<SweepView> Recent);
