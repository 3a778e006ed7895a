namespace ExecutionGrains.Views;

/// <summary>An operator's word on a lost execution. It does not change the status.</summary>
/// <param name="Resolution">What became of it.</param>
/// <param name="Reason">The reason that the operator gave. Null if none was given.</param>
/// <param name="By">The name of the operator.</param>
/// <param name="At">When it was said.</param>
public sealed record ResolutionView(Resolution Resolution, string? Reason, string By, DateTimeOffset At);
