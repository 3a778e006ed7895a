using System.Security.Cryptography;
using System.Text.Json;

namespace ExecutionGrains.Hosting.Secrets;

/// <summary>
/// The secrets for one purpose, newest first. One signs; the replaced ones only verify, until everything that they signed has expired.
/// </summary>
public sealed record SigningKeyRing(IReadOnlyList<SigningSecret> Secrets)
{
    /// <summary>Time from a rotation until the new secret signs. 10 s, in which every silo reads the secret and can verify with it.</summary>
    public static readonly TimeSpan Spread = TimeSpan.FromSeconds(10);

    /// <summary>Tolerated difference between the clocks of two silos, added to each expiry. 5 s.</summary>
    public static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(5);

    /// <summary>Length of a secret in bytes. 32.</summary>
    public const int SecretLength = 32;

    public static byte[] NewSecret() => RandomNumberGenerator.GetBytes(SecretLength);

    /// <summary>Creates a ring with one secret that signs at once.</summary>
    /// <param name="lifeMax">The longest lifetime of a token or session that it signs.</param>
    public static SigningKeyRing New(DateTimeOffset now, TimeSpan lifeMax) => new([new(NewSecret(), now, null, lifeMax)]);

    /// <summary>The secret that signs at this time.</summary>
    public byte[] Signer(DateTimeOffset now) => (Secrets.FirstOrDefault(s => s.SignsFrom <= now) ?? Secrets[^1]).Value;

    /// <summary>The secrets that verify at this time.</summary>
    public IEnumerable<byte[]> Verifying(DateTimeOffset now) => Secrets.Where(s => !(s.EndsAt <= now)).Select(s => s.Value);

    /// <summary>
    /// Returns the ring with a new secret in first place. The others verify until the last token or session that they signed has expired. Secrets that no
    /// longer verify are removed.
    /// </summary>
    /// <param name="lifeMax">The longest lifetime of a token or session that the new secret signs.</param>
    public SigningKeyRing Rotate(byte[] secret, DateTimeOffset now, TimeSpan lifeMax) => new(
    [
        new(secret, now + Spread, null, lifeMax),
        // Twice the spread: after a second rotation within the spread, the previous signer goes on signing for another spread.
        .. Secrets.Where(s => !(s.EndsAt <= now)).Select(s => s with { EndsAt = s.EndsAt ?? now + (2 * Spread) + s.LifeMax + ClockSkew }),
    ]);

    /// <summary>Returns the ring with additional secrets that never sign and verify until the given time.</summary>
    public SigningKeyRing Verifying(IEnumerable<byte[]> secrets, DateTimeOffset until) =>
        new([.. Secrets, .. secrets.Select(s => new SigningSecret(s, DateTimeOffset.MinValue, until, TimeSpan.Zero))]);

    /// <summary>Returns the ring with the longest lifetime of the current secrets raised to <paramref name="lifeMax"/>.</summary>
    public SigningKeyRing Living(TimeSpan lifeMax) => new([.. Secrets.Select(s => s.EndsAt is null && s.LifeMax < lifeMax ? s with { LifeMax = lifeMax } : s)]);

    /// <summary>The time until which a replaced secret still verifies; null if no secret was replaced.</summary>
    public DateTimeOffset? PreviousUntil => Secrets.Max(s => s.EndsAt);

    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, SecretJson.Default.SigningKeyRing);

    public static SigningKeyRing Read(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize(json, SecretJson.Default.SigningKeyRing)!;
}
