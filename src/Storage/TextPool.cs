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
        if (text is not null && Ascii.Equals(quoted, text))
        {
            return text;
        }

        // What is escaped is not remembered: what is equal to one that is remembered is then written as it is.
        return quoted.Contains((byte)'\\') ? JsonScan.Plain(quoted) : text = Encoding.UTF8.GetString(quoted);
    }
}
