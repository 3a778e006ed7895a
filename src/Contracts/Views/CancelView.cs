namespace ExecutionGrains.Views;

/// <summary>The first cancel that was requested.</summary>
/// <param name="Reason">The reason that the caller gave. Null if it gave none.</param>
/// <param name="By">The name of the caller.</param>
/// <param name="RequestedAt">When the cancel was requested, in tracker time.</param>
public sealed record CancelView(string? Reason, string By, DateTimeOffset RequestedAt);
