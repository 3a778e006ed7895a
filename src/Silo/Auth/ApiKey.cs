using System.Buffers.Text;
using System.IO.Hashing;
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

    /// <summary>What the audit calls it: its name; of a caller of an identity provider the subject.</summary>
    public string AuditName { get; init; } = Name;

    /// <summary>What its maker, or the identity provider, says of the holder: a JSON object as it is stored.</summary>
    public string? Claims { get; init; }

    private static readonly string[] NamingClaims = ["email", "sub", "user_id", "preferred_username", "name"];

    /// <summary>Characters of a key before its checksum: the prefix and 32 random bytes in base64url. Keys of earlier versions are just that.</summary>
    private const int BareLength = 46;
    private const int ChecksumLength = 6;
    private const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    public static string New()
    {
        var bare = Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        return bare + Checksum(bare);
    }

    /// <summary>Whether the text was meant as a key of ours and cannot be one: its length or checksum is wrong. No store is asked.</summary>
    public static bool IsMistyped(string text) =>
        text.StartsWith(Prefix, StringComparison.Ordinal)
        && text.Length != BareLength
        && !(text.Length == BareLength + ChecksumLength && text[BareLength..] == Checksum(text[..BareLength]));

    /// <summary>Why a text that is no usable key is refused.</summary>
    public static string Refusal(string text) =>
        IsMistyped(text) ? "The key is mistyped: its checksum is wrong." : "The key is unknown, revoked or expired.";

    /// <summary>
    /// The CRC-32 of zlib over the characters, in base 62: tells a slip of the pen offline, as it does a key in a text that somebody looks through for
    /// secrets.
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
