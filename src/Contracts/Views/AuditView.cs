namespace ExecutionGrains.Views;

/// <summary>One operator action, sign-in or refusal: who, when, what, why. Rows of earlier versions name no key.</summary>
/// <param name="By">The key's name, the subject of a caller of an identity provider, or the part of the tracker that acted.</param>
/// <param name="Claims">The key's claims, as whoever made it wrote them.</param>
/// <param name="Address">The address the request came from.</param>
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
