namespace ExecutionGrains.Views;

/// <summary>One sweep of a bucket.</summary>
/// <param name="At">When the sweep began.</param>
/// <param name="DurationMs">The duration in milliseconds.</param>
/// <param name="Found">Executions that were due.</param>
/// <param name="Acted">Executions that acted on an expired deadline.</param>
/// <param name="Held">Whether the sweep was held back because too many executions would have been lost at once.</param>
public sealed record SweepView(DateTimeOffset At, double DurationMs, int Found, int Acted, bool Held);
