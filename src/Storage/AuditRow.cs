namespace ExecutionGrains.Storage;

/// <summary>One operator action. Execution and namespace are null where it was about none.</summary>
public sealed record AuditRow(DateTimeOffset At, string By, string Action, string? ExecutionId, string? Namespace, string? Reason);
