namespace ExecutionGrains.Views;

/// <summary>
/// The record of one bucket's janitor. It survives restarts and moves between silos. Its fields are null if no silo that answered has it.
/// </summary>
/// <param name="Bucket">The number of the bucket, 0 to 15.</param>
/// <param name="LastSweep">When the last sweep began.</param>
/// <param name="LastSweepMs">Duration of the last sweep in milliseconds.</param>
/// <param name="Found">Executions that were due, in all sweeps.</param>
/// <param name="Acted">Executions that acted on an expired deadline, in all sweeps.</param>
/// <param name="Held">Whether the last sweep was held back because too many executions would have been lost at once.</param>
/// <param name="Silo">The silo that has the latest record, among those that answered. The janitor runs, or ran, there.</param>
/// <param name="Recent">The last sweeps in which an execution acted, newest first, at most 10.</param>
public sealed record JanitorBucketView(
    int Bucket, DateTimeOffset? LastSweep, double? LastSweepMs, long? Found, long? Acted, bool Held, string? Silo, IReadOnlyList<SweepView> Recent);
