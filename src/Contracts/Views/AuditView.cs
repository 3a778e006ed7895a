namespace ExecutionGrains.Views;

/// <summary>One action of an operator or an admin, sign-in or refusal: who did what, when and why.</summary>
/// <param name="At">When the tracker recorded the action.</param>
/// <param name="By">The name of the key, the subject of a caller of an identity provider, or the part of the tracker that acted, for example <c>restore</c>.</param>
/// <param name="Action">What was done, for example <c>cancel</c>, <c>janitor.pause</c>, <c>key.create</c> or <c>signin.refused</c>.</param>
/// <param name="ExecutionId">The execution that the action was on. Null if it was on none.</param>
/// <param name="Namespace">The namespace that the action belongs to. Null if it belongs to none.</param>
/// <param name="Reason">The reason that the caller gave; for keys the id of the key, for refusals the call or the count. Null if none was given.</param>
/// <param name="KeyId">The id of the caller's key. Null if the caller had none, and in rows of earlier versions.</param>
/// <param name="KeyName">The name of the caller's key. Null if <c>keyId</c> is.</param>
/// <param name="Claims">The claims of the caller's key, as the maker of the key wrote them. Null if it has none.</param>
/// <param name="Address">The address that the request came from. Null if the tracker acted by itself, and in rows of earlier versions.</param>
/// <param name="TraceId">The trace of the request. Null if the tracker acted by itself, and in rows of earlier versions.</param>
public sealed record AuditView(
    DateTimeOffset At,
    string By,
    string Action,
    string? ExecutionId,
    string? Namespace,
    string? Reason,
    string? KeyId,
    string? KeyName,
    RawJson? Claims,
    string? Address,
    string? TraceId);
