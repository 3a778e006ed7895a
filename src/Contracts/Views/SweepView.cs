namespace ExecutionGrains.Views;

/// <summary>One sweep of a bucket.</summary>
public sealed record SweepView(DateTimeOffset At, double DurationMs, int Found, int Acted, bool Held);
