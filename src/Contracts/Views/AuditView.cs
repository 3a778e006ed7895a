namespace ExecutionGrains.Views;

/// <summary>One action of an operator or an admin: who did what, when and why.</summary>
/// <param name="At">When the tracker recorded the action.</param>
/// <param name="By">The name of the caller: a claim of its API key, else the name of the key.</param>
/// <param name="Action">What was done, for example <c>cancel</c>, <c>janitor.pause</c> or <c>key.create</c>.</param>
/// <param name="ExecutionId">The execution that the action was on. Null if it was on none.</param>
/// <param name="Namespace">The namespace that the action belongs to. Null if it belongs to none.</param>
/// <param name="Reason">The reason that the caller gave; for keys the id of the key. Null if none was given.</param>
public sealed record AuditView(DateTimeOffset At, string By, string Action, string? ExecutionId, string? Namespace, string? Reason);
