using System.Text;

namespace ExecutionGrains.Storage;

/// <summary>Texts that the rows of one page say again and again, each a string once. It remembers a few, and the last of those that fall together.</summary>
internal sealed class TextPool
{
    private const int LengthMax = 32;

    private readonly string?[] texts = new string?[128];

    /// <param name="quoted">As in JSON, between its quotes.</param>
    public string Get(ReadOnlySpan<byte> quoted)
    {
        if (quoted.Length is 0 or > LengthMax)
        {
            return JsonScan.Plain(quoted);
        }

        ref var text = ref texts[((quoted.Length * 33) + (quoted[^1] * 17) + (quoted[quoted.Length / 2] * 5) + quoted[0]) % 128];
        if (text is null || !Ascii.Equals(quoted, text) || quoted.Contains((byte)'\\'))
        {
            text = JsonScan.Plain(quoted);
        }

        return text;
    }
}
