using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ExecutionGrains.Rules;
using ExecutionGrains.Silo.Parsing;
using ExecutionGrains.Storage;

namespace ExecutionGrains.Silo.Auth;

/// <summary>A key that may be used. The key itself is known by its hash only.</summary>
public sealed record ApiKey(string KeyId, string Name, Role Role, string[]? Namespaces, string CallerName, DateTimeOffset? ExpiresAt)
{
    public const string Prefix = "eg_";

    private static readonly string[] NamingClaims = ["email", "sub", "user_id", "preferred_username", "name"];

    public static string New() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    public static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    public static ApiKey Of(ApiKeyRow row) => new(
        row.KeyId,
        row.Name,
        Words.TryParse<Role>(row.Role, out var role) ? role : Role.Viewer,
        row.Namespaces?.ToArray(),
        Named(row.Claims) ?? row.Name,
        row.ExpiresAt);

    /// <summary>The first of the naming claims that is a name; null also where what is stored is no JSON: one odd key must not hide all others.</summary>
    private static string? Named(string? claims)
    {
        if (claims is null)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(claims);
            return Named(document.RootElement);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Named(JsonElement claims)
    {
        foreach (var claim in NamingClaims)
        {
            if (TryGet(claims, claim, out var value)
                && Text.TryGet(value, out var name) && Names.Fault(name) is null)
            {
                return name;
            }
        }

        return null;
    }

    /// <summary>False also where there are no properties, and where the name of one holds a lone surrogate.</summary>
    private static bool TryGet(JsonElement claims, string claim, out JsonElement value)
    {
        try
        {
            return claims.TryGetProperty(claim, out value);
        }
        catch (InvalidOperationException)
        {
            value = default;
            return false;
        }
    }
}
