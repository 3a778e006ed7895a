using System.Buffers.Text;
using System.Security.Cryptography;
using ExecutionGrains.Hosting.Auth.Keys;
using Xunit;

namespace ExecutionGrains.Silo.Tests;

public sealed class KeyStrengthTests
{
    [Theory]
    [InlineData("changemechangemechangemechangeme")]
    [InlineData("changeme-changeme-changeme-changeme-changeme")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("abcdefghijklmnopqrstuvwxyz0123456789")]
    [InlineData("01234567890123456789012345678901")]
    [InlineData("48151623421080114815162342108011")]
    [InlineData("PasswordPasswordPasswordPassword1!")]
    [InlineData("a1B2c3D4a1B2c3D4a1B2c3D4a1B2c3D4")]
    public void D39_A_guessable_key_has_too_few_bits(string key) => Assert.InRange(KeyStrength.Bits(key), 0, KeyStrength.BitsMin - 1);

    [Fact]
    public void D39_A_random_key_of_128_bits_and_more_has_enough_bits_in_any_encoding()
    {
        for (var i = 0; i < 1_000; i++)
        {
            Assert.All(
                [
                    Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)), Convert.ToBase64String(RandomNumberGenerator.GetBytes(33)),
                        Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(24)), ApiKey.New()],
                key => Assert.True(KeyStrength.Bits(key) >= KeyStrength.BitsMin, $"{key}: {KeyStrength.Bits(key)}"));
        }
    }
}
