using System.Security.Cryptography;
using System.Text.Json;
using ExecutionGrains.Silo.Auth;

namespace ExecutionGrains.Silo.Secrets;

/// <summary>The secrets that sign for one purpose, newest first: one signs, and those of before verify until what they signed has expired.</summary>
public sealed record SecretRing(IReadOnlyList<RingSecret> Secrets)
{
    /// <summary>Time from a rotation until the new secret signs, so that every silo verifies with it before. 10 s.</summary>
    public static readonly TimeSpan Spread = TimeSpan.FromSeconds(10);

    /// <summary>Bytes of a secret. 32.</summary>
    public const int SecretLength = 32;

    public static byte[] NewSecret() => RandomNumberGenerator.GetBytes(SecretLength);

    /// <summary>A ring of one secret that signs at once.</summary>
    /// <param name="lifeMax">The longest life of what it signs.</param>
    public static SecretRing New(DateTimeOffset now, TimeSpan lifeMax) => new([new(NewSecret(), now, null, lifeMax)]);

    /// <summary>The secret that signs now.</summary>
    public byte[] Signer(DateTimeOffset now) => (Secrets.FirstOrDefault(s => s.SignsFrom <= now) ?? Secrets[^1]).Value;

    public IEnumerable<byte[]> Verifying(DateTimeOffset now) => Secrets.Where(s => !(s.EndsAt <= now)).Select(s => s.Value);

    /// <summary>A new secret before the others. These end once the last thing that they signed has expired; those that have ended are gone.</summary>
    /// <param name="lifeMax">The longest life of what the new one signs.</param>
    public SecretRing Rotate(byte[] secret, DateTimeOffset now, TimeSpan lifeMax) => new(
    [
        new(secret, now + Spread, null, lifeMax),
        // Rotated twice within the spread, the one before the last goes on signing for as long again.
        .. Secrets.Where(s => !(s.EndsAt <= now)).Select(s => s with { EndsAt = s.EndsAt ?? now + (2 * Spread) + s.LifeMax + RunToken.Skew }),
    ]);

    /// <summary>With secrets that only verify what was signed before.</summary>
    public SecretRing Verifying(IEnumerable<byte[]> secrets, DateTimeOffset until) =>
        new([.. Secrets, .. secrets.Select(s => new RingSecret(s, DateTimeOffset.MinValue, until, TimeSpan.Zero))]);

    /// <summary>Where what is signed from now on lives longer than before.</summary>
    public SecretRing Living(TimeSpan lifeMax) => new([.. Secrets.Select(s => s.EndsAt is null && s.LifeMax < lifeMax ? s with { LifeMax = lifeMax } : s)]);

    /// <summary>Until when a secret of before verifies; null: there is none.</summary>
    public DateTimeOffset? PreviousUntil => Secrets.Max(s => s.EndsAt);

    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, SecretJson.Default.SecretRing);

    public static SecretRing Read(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize(json, SecretJson.Default.SecretRing)!;
}
