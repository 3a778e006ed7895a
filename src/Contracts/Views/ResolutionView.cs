namespace ExecutionGrains.Views;

/// <summary>An operator's resolution of a lost execution. It does not change the status.</summary>
/// <param name="Resolution">The resolution.</param>
/// <param name="Reason">The reason that the operator gave. Null if none was given.</param>
/// <param name="By">The name of the operator.</param>
/// <param name="At">When the operator resolved the execution, in tracker time.</param>
public sealed record ResolutionView(Resolution Resolution, string? Reason, string By, DateTimeOffset At);
