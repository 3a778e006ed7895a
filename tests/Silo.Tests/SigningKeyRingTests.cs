using ExecutionGrains.Hosting.Secrets;
using Xunit;

namespace ExecutionGrains.Silo.Tests;

public sealed class SigningKeyRingTests
{
    private static readonly DateTimeOffset T0 = new(2026, 12, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Day = TimeSpan.FromHours(24);

    [Fact]
    public void A_new_secret_signs_once_every_silo_knows_it_and_the_previous_one_verifies_until_its_last_token_has_expired()
    {
        var first = SigningKeyRing.New(T0, Day);
        var next = SigningKeyRing.NewSecret();
        var rotated = first.Rotate(next, T0, TimeSpan.FromHours(1));

        Assert.Equal(first.Signer(T0), rotated.Signer(T0 + SigningKeyRing.Spread - TimeSpan.FromTicks(1)));
        Assert.Equal(next, rotated.Signer(T0 + SigningKeyRing.Spread));
        var last = T0 + SigningKeyRing.Spread + Day + SigningKeyRing.ClockSkew;
        Assert.Equal([next, first.Signer(T0)], rotated.Verifying(last));
        Assert.Equal([next], rotated.Verifying(rotated.PreviousUntil!.Value));
        Assert.InRange(rotated.PreviousUntil!.Value - last, TimeSpan.Zero, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void After_any_rotations_a_secret_signs_and_no_signature_is_refused_before_it_expires()
    {
        var ring = SigningKeyRing.New(T0, Day);
        var signed = new List<(byte[] Secret, DateTimeOffset ExpiresAt)>();
        for (var now = T0; now < T0 + TimeSpan.FromMinutes(2); now += TimeSpan.FromSeconds(3))
        {
            signed.Add((ring.Signer(now), now + Day + SigningKeyRing.ClockSkew));
            ring = ring.Rotate(SigningKeyRing.NewSecret(), now, Day);
        }

        Assert.All(signed, s => Assert.Contains(s.Secret, ring.Verifying(s.ExpiresAt)));
        ring = ring.Rotate(SigningKeyRing.NewSecret(), T0 + (2 * Day), Day);
        Assert.Equal(2, ring.Secrets.Count);
    }

    [Fact]
    public void A_secret_keeps_the_longest_lifetime_that_it_signed_and_round_trips()
    {
        var ring = SigningKeyRing.New(T0, Day).Living(10 * Day).Living(Day).Rotate(SigningKeyRing.NewSecret(), T0, Day);

        Assert.True(ring.PreviousUntil > T0 + (10 * Day));
        Assert.Equal(
            ring.Secrets.Select(s => (Convert.ToHexString(s.Value), s.SignsFrom, s.EndsAt, s.LifeMax)),
                SigningKeyRing.Read(ring.Write()).Secrets.Select(s => (Convert.ToHexString(s.Value), s.SignsFrom, s.EndsAt, s.LifeMax)));
    }

    [Fact]
    public void D30_An_encrypted_secret_can_be_decrypted_only_under_its_own_name_and_master_key()
    {
        var (master, secret) = (MasterKey.New(), SigningKeyRing.NewSecret());
        var wrapped = master.Wrap("tokens", secret);

        Assert.Equal(secret, MasterKey.Parse(master.Text() + "\n")!.Unwrap("tokens", wrapped));
        Assert.Null(master.Unwrap("sessions", wrapped));
        Assert.Null(MasterKey.New().Unwrap("tokens", wrapped));
        Assert.NotEqual(wrapped, master.Wrap("tokens", secret));
        for (var i = 0; i < wrapped.Length; i++)
        {
            var changed = (byte[])wrapped.Clone();
            changed[i] ^= 1;
            Assert.Null(master.Unwrap("tokens", changed));
            Assert.Null(master.Unwrap("tokens", wrapped[..i]));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("short")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void A_master_key_must_be_32_bytes_in_base64(string text) => Assert.Null(MasterKey.Parse(text));
}
