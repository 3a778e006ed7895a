using System.Security.Cryptography;
using ExecutionGrains.Hosting.Auth.Keys;
using Xunit;

namespace ExecutionGrains.Silo.Tests;

public sealed class ApiKeyTests
{
    private const string Key = "eg_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

    [Fact]
    public void A_key_is_43_characters_and_the_CRC_32_of_zlib_in_base_62()
    {
        var key = ApiKey.New();
        Assert.Matches("^eg_[A-Za-z0-9_-]{43}[0-9A-Za-z]{6}$", key);
        Assert.False(ApiKey.IsMistyped(key));
        // zlib.crc32(Key) is 3474895175, which is 3nAIyN in base 62.
        Assert.False(ApiKey.IsMistyped(Key + "3nAIyN"));
    }

    [Fact]
    public void A_key_with_any_wrong_or_missing_character_is_detected_as_mistyped()
    {
        var key = ApiKey.New();
        for (var i = ApiKey.Prefix.Length; i < key.Length; i++)
        {
            Assert.True(ApiKey.IsMistyped(key[..i] + (key[i] == 'x' ? 'y' : 'x') + key[(i + 1)..]), $"character {i}");
        }

        Assert.All([key[..^1], key + "x", "eg_", key.ToLowerInvariant()], k => Assert.True(ApiKey.IsMistyped(k)));
    }

    [Fact]
    public void A_key_of_an_earlier_version_and_a_foreign_key_have_no_checksum()
    {
        Assert.All(
            [Key, "the-first-admin-key-of-these-tests-0001", Convert.ToHexString(RandomNumberGenerator.GetBytes(26))],
            k => Assert.False(ApiKey.IsMistyped(k)));
    }
}
