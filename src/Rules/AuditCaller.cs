namespace ExecutionGrains.Rules;

/// <summary>The caller in an audit row. It is named by its key, because the claims of a key are chosen by its holder.</summary>
/// <param name="Name">The name of the key, or the subject if an identity provider authenticated the caller.</param>
/// <param name="KeyId">Null for in-process calls and for callers without a credential.</param>
/// <param name="KeyName">Null if <paramref name="KeyId"/> is null.</param>
/// <param name="Claims">The stored claims of the key, a JSON object. Null if it has none.</param>
/// <param name="Address">The remote address of the request. Null for in-process calls.</param>
/// <param name="TraceId">The trace id of the request. Null for in-process calls.</param>
public sealed record AuditCaller(string Name, string? KeyId, string? KeyName, string? Claims, string? Address, string? TraceId);
