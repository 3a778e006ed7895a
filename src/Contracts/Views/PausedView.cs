namespace ExecutionGrains.Views;

/// <summary>What an operator's call left: the janitor's state.</summary>
public sealed record PausedView(bool Paused);
