using System.Text;
using System.Text.Json;

namespace ExecutionGrains.Rules.Tests;

public sealed class PayloadTests
{
    private const string Marker = "[truncated]";

    [Fact]
    public void A_payload_of_exactly_the_limit_is_unchanged()
    {
        var json = "\"0123456789012345678\""u8.ToArray();

        Assert.Same(json, PayloadTruncation.Truncate(json, json.Length));
        Assert.Equal("\"01234567" + Marker, Text(PayloadTruncation.Truncate(json, json.Length - 1)));
        Assert.Null(PayloadTruncation.Truncate((byte[]?)null, 20));
        Assert.Equal("aé", PayloadTruncation.Truncate("aé", 3));
        Assert.Equal("0123456789é" + Marker, PayloadTruncation.Truncate("0123456789éé0123456789", 23));
        Assert.Equal("0123456789" + Marker, PayloadTruncation.Truncate("0123456789éé0123456789", 22));
    }

    /// <summary>Characters of one to four bytes, cut at every byte.</summary>
    [Theory]
    [InlineData("aaaa")]
    [InlineData("éa")]
    [InlineData("€")]
    [InlineData("😀a")]
    public void A_cut_text_is_valid_unicode_and_as_long_as_the_limit_allows(string characters)
    {
        var text = string.Concat(Enumerable.Repeat(characters, 20));
        var json = Encoding.UTF8.GetBytes($"\"{text}\"");
        for (var limit = 12; limit < 60; limit++)
        {
            foreach (var cut in new[] { PayloadTruncation.Truncate(text, limit), Text(PayloadTruncation.Truncate(json, limit)) })
            {
                Assert.EndsWith(Marker, cut);
                Assert.DoesNotContain('\ufffd', cut);
                Assert.InRange(Encoding.UTF8.GetByteCount(cut), Math.Min(limit, Encoding.UTF8.GetByteCount(text)) - 3, limit);
            }
        }
    }

    [Fact]
    public void A_cut_payload_does_not_grow_by_escapes()
    {
        var cut = PayloadTruncation.Truncate(Encoding.UTF8.GetBytes($"\"{new string('é', 100)}\""), 50)!;

        Assert.DoesNotContain("\\u", Encoding.UTF8.GetString(cut));
        Assert.InRange(cut.Length, 45, 54);
    }

    private static string Text(byte[]? json) => JsonSerializer.Deserialize<string>(json)!;
}
