namespace ExecutionGrains.Views;

/// <summary>One operator action: who, when, what, why.</summary>
public sealed record AuditView(DateTimeOffset At, string By, string Action, string? ExecutionId, string? Namespace, string? Reason);
