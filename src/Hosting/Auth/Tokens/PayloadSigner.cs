using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using ExecutionGrains.Grains;
using ExecutionGrains.Hosting.Auth.Keys;
using ExecutionGrains.Hosting.Secrets;
using ExecutionGrains.Storage;

namespace ExecutionGrains.Hosting.Auth.Tokens;

/// <summary>
/// Signs and verifies short payloads (HMAC-SHA-256) with secrets that all silos share. One ring of secrets signs run tokens, a second one everything else,
/// such as the dashboard's sessions.
/// </summary>
public sealed class PayloadSigner(CredentialCacheAge? freshness, [FromKeyedServices(TrackerClock.Key)] TimeProvider time)
{
    private volatile SigningKeyRings? _rings;

    /// <summary>For tests: uses the same secrets for all purposes. The first one signs.</summary>
    public static PayloadSigner With(params byte[][] secrets)
    {
        var ring = new SigningKeyRing([.. secrets.Select(s => new SigningSecret(s, DateTimeOffset.MinValue, null, TimeSpan.Zero))]);
        return new PayloadSigner(null, TimeProvider.System) { _rings = new SigningKeyRings(ring, ring) };
    }

    public static byte[] NewSecret() => SigningKeyRing.NewSecret();

    /// <summary>Reloads the secrets from the store.</summary>
    /// <exception cref="StoreException">The store is unavailable; the secrets of the last read stay in use.</exception>
    public async Task RefreshAsync(SecretVault vault, CancellationToken cancel) => _rings = await vault.RingsAsync(cancel).ConfigureAwait(false);

    /// <summary>Signs the payload: <c>purpose.secretId.payload.mac</c>, with payload and MAC in base64url.</summary>
    /// <param name="purpose">What the signature is for. A signature is not valid for any other purpose.</param>
    /// <exception cref="InvalidOperationException">The secrets have not been read yet.</exception>
    public string Sign(string purpose, ReadOnlySpan<byte> payload)
    {
        var secret = Ring(purpose).Signer(time.GetUtcNow());
        var text = $"{purpose}.{KeyId(secret)}.{Base64Url.EncodeToString(payload)}";
        return $"{text}.{Mac(secret, text)}";
    }

    /// <summary>Verifies a signed text and returns its payload; null unless exactly this text was signed for this purpose.</summary>
    /// <exception cref="StoreException">Transient: the secrets are too old to decide (<see cref="CredentialCacheAge"/>).</exception>
    public byte[]? Open(string purpose, string signed)
    {
        freshness?.Check(CredentialCacheAge.Max);
        var parts = signed.Split('.');
        if (parts.Length != 4 || parts[0] != purpose)
        {
            return null;
        }

        var secret = Ring(purpose).Verifying(time.GetUtcNow()).FirstOrDefault(s => KeyId(s) == parts[1]);
        if (secret is null)
        {
            // Another silo may have rotated the secrets since the last read, and this text may be signed with a new one.
            freshness?.Check(SigningKeyRing.Spread);
            return null;
        }

        // Compare the texts, not the decoded bytes: base64url can encode the same bytes in more than one way, and only one text must be valid.
        var expected = Mac(secret, signed[..signed.LastIndexOf('.')]);
        var matches = CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(expected), Encoding.UTF8.GetBytes(parts[3]));
        return matches ? Base64Url.DecodeFromChars(parts[2]) : null;
    }

    private SigningKeyRing Ring(string purpose)
    {
        var rings = _rings ?? throw new InvalidOperationException("The secrets have not been read yet.");
        return purpose == RunTokenIssuer.Purpose ? rings.Tokens : rings.Sessions;
    }

    private static string KeyId(byte[] secret) => Convert.ToHexStringLower(SHA256.HashData(secret).AsSpan(0, 4));

    private static string Mac(byte[] secret, string text) =>
        Base64Url.EncodeToString(HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(text)));
}
