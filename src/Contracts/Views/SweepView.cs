namespace ExecutionGrains.Views;

/// <summary>One sweep of a bucket.</summary>
/// <param name="At">When it began.</param>
/// <param name="DurationMs">Its duration in milliseconds.</param>
/// <param name="Found">Executions found due.</param>
/// <param name="Acted">Executions that acted on a deadline.</param>
/// <param name="Held">Whether it was held back because too many executions would have been lost at once.</param>
public sealed record SweepView(DateTimeOffset At, double DurationMs, int Found, int Acted, bool Held);
