using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using ExecutionGrains.Grains;
using ExecutionGrains.Silo.Secrets;
using ExecutionGrains.Storage;

namespace ExecutionGrains.Silo.Auth;

/// <summary>Signs short payloads with secrets that all silos share: one ring for run tokens, one for the dashboard's sessions and whatever else.</summary>
public sealed class Signing(Freshness? freshness, [FromKeyedServices(TrackerClock.Key)] TimeProvider time)
{
    private volatile SecretRings? _rings;

    /// <summary>For tests: all purposes with the same secrets, the first of which signs.</summary>
    public static Signing With(params byte[][] secrets)
    {
        var ring = new SecretRing([.. secrets.Select(s => new RingSecret(s, DateTimeOffset.MinValue, null, TimeSpan.Zero))]);
        return new Signing(null, TimeProvider.System) { _rings = new SecretRings(ring, ring) };
    }

    public static byte[] NewSecret() => SecretRing.NewSecret();

    /// <exception cref="StoreException">The store is away; what was read last stays.</exception>
    public async Task RefreshAsync(SecretVault vault, CancellationToken cancel) => _rings = await vault.RingsAsync(cancel).ConfigureAwait(false);

    /// <param name="purpose">A signature for one purpose is none for another.</param>
    public string Sign(string purpose, ReadOnlySpan<byte> payload)
    {
        var secret = Ring(purpose).Signer(time.GetUtcNow());
        var text = $"{purpose}.{KeyId(secret)}.{Base64Url.EncodeToString(payload)}";
        return $"{text}.{Mac(secret, text)}";
    }

    /// <summary>The payload; null unless we signed exactly this text for this purpose.</summary>
    /// <exception cref="StoreException">Transient: the secrets were read too long ago to tell.</exception>
    public byte[]? Open(string purpose, string signed)
    {
        freshness?.Check(Freshness.Max);
        var parts = signed.Split('.');
        if (parts.Length != 4 || parts[0] != purpose)
        {
            return null;
        }

        var secret = Ring(purpose).Verifying(time.GetUtcNow()).FirstOrDefault(s => KeyId(s) == parts[1]);
        if (secret is null)
        {
            // Another silo may have rotated since, and sign with what is not known here.
            freshness?.Check(SecretRing.Spread);
            return null;
        }

        // Texts are compared, not bytes: base64url can spell the same bytes in more than one way.
        var expected = Mac(secret, signed[..signed.LastIndexOf('.')]);
        var matches = CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(expected), Encoding.UTF8.GetBytes(parts[3]));
        return matches ? Base64Url.DecodeFromChars(parts[2]) : null;
    }

    private SecretRing Ring(string purpose)
    {
        var rings = _rings ?? throw new InvalidOperationException("The secrets were not read yet.");
        return purpose == RunTokens.Purpose ? rings.Tokens : rings.Sessions;
    }

    private static string KeyId(byte[] secret) => Convert.ToHexStringLower(SHA256.HashData(secret).AsSpan(0, 4));

    private static string Mac(byte[] secret, string text) =>
        Base64Url.EncodeToString(HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(text)));
}
