using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using ExecutionGrains.Storage;

namespace ExecutionGrains.Silo.Auth;

/// <summary>
/// Signs short payloads with the key that all silos share. The store keeps a list of secrets: the first signs, all are accepted, so that
/// a new one can be put in front while the old one's tokens run out.
/// </summary>
public sealed class Signing
{
    public const string Setting = "token-key";
    private const int SecretLength = 32;
    private volatile byte[][] secrets = [];

    /// <summary>For one silo alone, and tests.</summary>
    public static Signing With(params byte[][] secrets) => new() { secrets = secrets };

    public static byte[] NewSecret() => RandomNumberGenerator.GetBytes(SecretLength);

    /// <exception cref="StoreException">The store is away; what was read last stays.</exception>
    public async Task RefreshAsync(IOperationsStore store, CancellationToken cancel)
    {
        var stored = await store.SettingAsync(Setting, NewSecret, cancel).ConfigureAwait(false);
        secrets = [.. stored.Chunk(SecretLength).Where(s => s.Length == SecretLength)];
    }

    /// <param name="purpose">A signature for one purpose is none for another.</param>
    public string Sign(string purpose, ReadOnlySpan<byte> payload)
    {
        var secret = secrets[0];
        var text = $"{purpose}.{KeyId(secret)}.{Base64Url.EncodeToString(payload)}";
        return $"{text}.{Mac(secret, text)}";
    }

    /// <summary>The payload; null unless we signed exactly this text for this purpose.</summary>
    public byte[]? Open(string purpose, string signed)
    {
        var parts = signed.Split('.');
        if (parts.Length != 4 || parts[0] != purpose)
        {
            return null;
        }

        var secret = secrets.FirstOrDefault(s => KeyId(s) == parts[1]);
        if (secret is null)
        {
            return null;
        }

        // Texts are compared, not bytes: base64url can spell the same bytes in more than one way.
        var expected = Mac(secret, signed[..signed.LastIndexOf('.')]);
        var matches = CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(expected), Encoding.UTF8.GetBytes(parts[3]));
        return matches ? Base64Url.DecodeFromChars(parts[2]) : null;
    }

    private static string KeyId(byte[] secret) => Convert.ToHexStringLower(SHA256.HashData(secret).AsSpan(0, 4));

    private static string Mac(byte[] secret, string text) =>
        Base64Url.EncodeToString(HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(text)));
}
