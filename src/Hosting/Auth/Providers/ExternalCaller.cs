using System.Buffers.Text;
using System.Security.Claims;
using System.Text.Json;
using ExecutionGrains.Hosting.Auth.Keys;
using ExecutionGrains.Hosting.Auth.Schemes;
using ExecutionGrains.Hosting.Problems;
using ExecutionGrains.Hosting.Settings;
using ExecutionGrains.Rules;

namespace ExecutionGrains.Hosting.Auth.Providers;

/// <summary>
/// Callers without an API key, authenticated by an identity provider or a client certificate. Each is represented as an <see cref="ApiKey"/> with its name,
/// role and namespaces.
/// </summary>
public static class ExternalCaller
{
    /// <summary>
    /// Prefix of a cause that is not the id of a key. The rest encodes the caller (key id, name, role, namespaces), so that no silo needs to store it.
    /// </summary>
    private const string CausePrefix = "ext.";

    /// <summary>Maximum number of namespaces in one token.</summary>
    private const int NamespacesMax = 64;

    private static readonly string[] NamingClaims = ["email", "sub", "user_id", "preferred_username", "name"];

    /// <summary>Order of precedence, highest last: a token with several roles gets the last of them.</summary>
    private static readonly Role[] ByPower = [Role.Viewer, Role.Executor, Role.Operator, Role.Admin];

    /// <summary>Reads a caller from verified claims. A refusal names the claim that is missing or invalid.</summary>
    /// <param name="kind">First part of the caller's key id: <c>jwt</c> or <c>oidc</c>.</param>
    public static CredentialResult Read(string kind, ClaimsPrincipal principal, ClaimMapping mapping)
    {
        if (principal.FindFirst("sub")?.Value is not { } subject || NameRule.Validate(subject) is not null)
        {
            return CredentialResult.Refused(ProblemCode.TokenInvalid, "The token has no claim sub of 1 to 256 characters.");
        }

        if (RoleOf(principal, mapping) is not { } role)
        {
            return CredentialResult.Refused(ProblemCode.Forbidden, $"The claim {mapping.RoleClaim} names no role.");
        }

        var namespaces = principal.FindAll(mapping.NamespacesClaim).Select(c => c.Value).Distinct(StringComparer.Ordinal).ToArray();
        if (namespaces.Length is 0 or > NamespacesMax || namespaces.Any(n => NameRule.Validate(n) is not null))
        {
            return CredentialResult.Refused(ProblemCode.Forbidden, $"The claim {mapping.NamespacesClaim} must name 1 to {NamespacesMax} namespaces, or *.");
        }

        var name = NamingClaims.Select(c => principal.FindFirst(c)?.Value).FirstOrDefault(n => n is not null && NameRule.Validate(n) is null) ?? subject;
        return CredentialResult.Of(Of(kind, subject, role, namespaces.Contains("*") ? null : namespaces, name));
    }

    /// <summary>Makes the credential of a caller whose role and namespaces are known.</summary>
    /// <param name="kind">First part of the caller's key id: <c>jwt</c>, <c>oidc</c> or <c>cert</c>.</param>
    /// <param name="namespaces">The namespaces that the caller may access; null: all.</param>
    /// <param name="name">The caller's name on executions; null: the subject.</param>
    public static Credential Of(string kind, string subject, Role role, string[]? namespaces, string? name = null)
    {
        var key = KeyOf($"{kind}:{subject}", name ?? subject, role, namespaces);
        return new Credential(key, null) { Cause = CauseOf(key) };
    }

    public static bool IsCause(string cause) => cause.StartsWith(CausePrefix, StringComparison.Ordinal);

    /// <summary>
    /// Decodes a cause that <see cref="Of"/> made; null: not readable. The cause must come from a run token or session with a valid signature.
    /// </summary>
    public static ApiKey? OfCause(string cause)
    {
        try
        {
            using var document = JsonDocument.Parse(Base64Url.DecodeFromChars(cause.AsSpan(CausePrefix.Length)));
            var json = document.RootElement;
            string[]? namespaces = json.TryGetProperty("n", out var named) ? [.. named.EnumerateArray().Select(n => n.GetString()!)] : null;
            return Words.TryParse<Role>(json.GetProperty("r").GetString()!, out var role)
                ? KeyOf(json.GetProperty("k").GetString()!, json.GetProperty("c").GetString()!, role, namespaces)
                : null;
        }
        catch (Exception unreadable) when (unreadable is JsonException or FormatException or InvalidOperationException or KeyNotFoundException)
        {
            return null;
        }
    }

    private static Role? RoleOf(ClaimsPrincipal principal, ClaimMapping mapping)
    {
        Role? found = null;
        var said = principal.FindAll(mapping.RoleClaim).Select(c => c.Value).ToHashSet(StringComparer.Ordinal);
        foreach (var role in ByPower)
        {
            found = mapping.Values[role].Any(said.Contains) ? role : found;
        }

        return found;
    }

    private static ApiKey KeyOf(string id, string name, Role role, string[]? namespaces) => new(id, name, role, namespaces, name, null)
    {
        AuditName = id[(id.IndexOf(':', StringComparison.Ordinal) + 1)..],
        Claims = $$"""{"name":"{{JsonEncodedText.Encode(name)}}"}""",
    };

    private static string CauseOf(ApiKey key)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("k", key.KeyId);
            json.WriteString("c", key.CallerName);
            json.WriteString("r", key.Role.Word());
            if (key.Namespaces is { } namespaces)
            {
                json.WriteStartArray("n");
                foreach (var name in namespaces)
                {
                    json.WriteStringValue(name);
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        return CausePrefix + Base64Url.EncodeToString(buffer.ToArray());
    }
}
