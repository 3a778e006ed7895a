using System.Buffers.Text;
using System.IO.Hashing;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ExecutionGrains.Hosting.Parsing;
using ExecutionGrains.Hosting.Settings;
using ExecutionGrains.Rules;
using ExecutionGrains.Storage.Access;

namespace ExecutionGrains.Hosting.Auth.Keys;

/// <summary>A valid API key. The store holds only the SHA-256 hash of the key's text, so the text is not a member.</summary>
/// <param name="Namespaces">The namespaces that the key may access; null: all.</param>
/// <param name="CallerName">The name of the caller on executions: the first of the naming claims, else the key's name.</param>
/// <param name="ExpiresAt">When the key expires; null: never.</param>
public sealed record ApiKey(string KeyId, string Name, Role Role, string[]? Namespaces, string CallerName, DateTimeOffset? ExpiresAt)
{
    public const string Prefix = "eg_";

    /// <summary>The name of the caller in the audit log. Default: the key's name. For a caller of an identity provider, the subject.</summary>
    public string AuditName { get; init; } = Name;

    /// <summary>
    /// Claims about the holder of the key, as a JSON object; null: none. The creator of the key, or the identity provider, supplies them.
    /// </summary>
    public string? Claims { get; init; }

    private static readonly string[] NamingClaims = ["email", "sub", "user_id", "preferred_username", "name"];

    /// <summary>Characters of a key before its checksum: the prefix and 32 random bytes in base64url. Keys of earlier versions have no checksum.</summary>
    private const int BareLength = 46;
    private const int ChecksumLength = 6;
    private const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    public static string New()
    {
        var bare = Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        return bare + Checksum(bare);
    }

    /// <summary>
    /// Whether the text has the prefix of a key but the wrong length or checksum. Needs no store, so a mistyped key is refused even while the store is
    /// unavailable.
    /// </summary>
    public static bool IsMistyped(string text) =>
        text.StartsWith(Prefix, StringComparison.Ordinal)
        && text.Length != BareLength
        && !(text.Length == BareLength + ChecksumLength && text[BareLength..] == Checksum(text[..BareLength]));

    /// <summary>The problem detail for a text that is not a valid key.</summary>
    public static string Refusal(string text) =>
        IsMistyped(text) ? "The key is mistyped: its checksum is wrong." : "The key is unknown, revoked or expired.";

    /// <summary>
    /// CRC-32 (as in zlib) of the UTF-8 characters, as 6 base-62 digits. With it a client can find a typing error, and a secret scanner can recognise a key,
    /// without asking the silo.
    /// </summary>
    private static string Checksum(string bare)
    {
        var rest = Crc32.HashToUInt32(Encoding.UTF8.GetBytes(bare));
        return string.Create(ChecksumLength, rest, static (digits, value) =>
        {
            for (var i = digits.Length - 1; i >= 0; i--)
            {
                digits[i] = Digits[(int)(value % (uint)Digits.Length)];
                value /= (uint)Digits.Length;
            }
        });
    }

    public static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    public static ApiKey Of(ApiKeyRow row) => new(
        row.KeyId,
        row.Name,
        Words.TryParse<Role>(row.Role, out var role) ? role : Role.Viewer,
        row.Namespaces?.ToArray(),
        Named(row.Claims) ?? row.Name,
        row.ExpiresAt)
    {
        Claims = row.Claims,
    };

    /// <summary>
    /// The first naming claim that holds a valid name; null if there is none. Invalid JSON also gives null: an exception here would stop the reading of all
    /// keys.
    /// </summary>
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
                && Text.TryGet(value, out var name) && NameRule.Validate(name) is null)
            {
                return name;
            }
        }

        return null;
    }

    /// <summary>Gets a claim. False if it is missing, if the JSON is not an object, or if a property name contains a lone surrogate.</summary>
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
