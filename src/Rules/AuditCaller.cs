namespace ExecutionGrains.Rules;

/// <summary>Who acts, as the audit names it: by the key, and not by what its holder claims.</summary>
/// <param name="Name">The key's name; of a caller of an identity provider the subject.</param>
/// <param name="KeyId">Null in process and for a caller without a credential.</param>
/// <param name="KeyName">Null where <paramref name="KeyId"/> is.</param>
/// <param name="Claims">The key's claims as they are stored, a JSON object; null: it has none.</param>
/// <param name="Address">The address the request came from; null in process.</param>
/// <param name="TraceId">The trace of the request; null in process.</param>
public sealed record AuditCaller(string Name, string? KeyId, string? KeyName, string? Claims, string? Address, string? TraceId);
