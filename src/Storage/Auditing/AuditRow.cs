using ExecutionGrains.Rules;

namespace ExecutionGrains.Storage.Auditing;

/// <summary>
/// One operator action, sign-in or refusal. Execution and namespace are null if the row concerns none. Rows written by earlier versions have no key fields.
/// </summary>
/// <param name="By">Name of the caller's key, subject of a caller from an identity provider, or the tracker component that acted.</param>
public sealed record AuditRow(DateTimeOffset At, string By, string Action, string? ExecutionId, string? Namespace, string? Reason)
{
    public string? KeyId { get; init; }

    public string? KeyName { get; init; }

    /// <summary>The claims of the caller's key, as a JSON object.</summary>
    public string? Claims { get; init; }

    /// <summary>The address that the request came from.</summary>
    public string? Address { get; init; }

    /// <summary>The trace id of the request.</summary>
    public string? TraceId { get; init; }

    public static AuditRow Of(AuditCaller caller, DateTimeOffset at, string action, string? executionId, string? @namespace, string? reason) =>
        new(at, caller.Name, action, executionId, @namespace, reason)
        {
            KeyId = caller.KeyId,
            KeyName = caller.KeyName,
            Claims = caller.Claims,
            Address = caller.Address,
            TraceId = caller.TraceId,
        };

    internal static AuditRow Of(Effect.Audit audit, ExecutionState state) => audit.Caller is { } caller
        ? Of(caller, audit.At, audit.Action, state.Id.Value, state.Namespace, audit.Reason)
        : new(audit.At, audit.By, audit.Action, state.Id.Value, state.Namespace, audit.Reason);
}
