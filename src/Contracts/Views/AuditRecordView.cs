namespace ExecutionGrains.Views;

/// <summary>One line of the audit's export: an audit row with its place in the hash chain. docs/security.md says how its hash is computed.</summary>
/// <param name="Sequence">The place in the hash chain, from 1 without gaps. Null: not sealed yet.</param>
/// <param name="Hash">The hash in the chain, 64 hexadecimal digits in lower case. Null if <c>sequence</c> is null.</param>
/// <param name="Number">The row's number in the store, which orders the export.</param>
/// <param name="At">When the tracker recorded the action.</param>
/// <param name="By">
/// The name of the key, the subject if an identity provider authenticated the caller, or the part of the tracker that acted, for example <c>restore</c>.
/// </param>
/// <param name="Action">What was done, for example <c>cancel</c>, <c>janitor.pause</c>, <c>key.create</c> or <c>signin.refused</c>.</param>
/// <param name="ExecutionId">The execution that the action changed. Null if it changed none.</param>
/// <param name="Namespace">The namespace that the action belongs to. Null if it belongs to none.</param>
/// <param name="Reason">
/// The reason that the caller gave. For actions on keys: the id of the key. For refused requests: the call or the count. Null if none was given.
/// </param>
/// <param name="KeyId">The id of the caller's key. Null if the caller had none, and in rows of earlier versions.</param>
/// <param name="KeyName">The name of the caller's key. Null if <c>keyId</c> is null.</param>
/// <param name="Claims">The claims of the caller's key as JSON text, exactly as it is hashed. Null if it has none.</param>
/// <param name="Address">The remote address of the request. Null if the tracker itself acted, and in rows of earlier versions.</param>
/// <param name="TraceId">The trace id of the request. Null if the tracker itself acted, and in rows of earlier versions.</param>
public sealed record AuditRecordView(
    long? Sequence,
    string? Hash,
    long Number,
    DateTimeOffset At,
    string By,
    string Action,
    string? ExecutionId,
    string? Namespace,
    string? Reason,
    string? KeyId,
    string? KeyName,
    string? Claims,
    string? Address,
    string? TraceId);
