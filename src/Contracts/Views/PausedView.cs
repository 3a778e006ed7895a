namespace ExecutionGrains.Views;

/// <summary>The state of the janitor after the call.</summary>
/// <param name="Paused">Whether the janitor is paused.</param>
public sealed record PausedView(bool Paused);
