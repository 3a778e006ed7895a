namespace ExecutionGrains.Views;

/// <summary>
/// The record of one bucket's janitor. It survives restarts and moves between silos. Figures are null if no silo that answered knows the bucket's janitor.
/// </summary>
/// <param name="Bucket">The number of the bucket, 0 to 15.</param>
/// <param name="LastSweep">When the last sweep began.</param>
/// <param name="LastSweepMs">Duration of the last sweep in milliseconds.</param>
/// <param name="Found">Executions found due, in all sweeps.</param>
/// <param name="Acted">Executions that acted on a deadline, in all sweeps.</param>
/// <param name="Held">Whether the last sweep was held back because too many executions would have been lost at once.</param>
/// <param name="Silo">The silo with the latest record, of those that answered: the janitor lives, or lived, there.</param>
/// <param name="Recent">The last sweeps that acted, newest first, at most 10.</param>
public sealed record JanitorBucketView(
    int Bucket, DateTimeOffset? LastSweep, double? LastSweepMs, long? Found, long? Acted, bool Held, string? Silo, IReadOnlyList<SweepView> Recent);
