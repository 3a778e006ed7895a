using System.Text;

namespace ExecutionGrains.Storage.Serialization;

/// <summary>
/// A small cache of the short strings that rows of a page repeat. Each hash slot keeps the last string, so colliding strings replace each other.
/// </summary>
internal sealed class TextPool
{
    private const int LengthMax = 32;

    private readonly string?[] texts = new string?[128];

    /// <summary>The string of a JSON text. Reuses an equal cached one.</summary>
    /// <param name="quoted">The text as in JSON, without its quotes.</param>
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

        // Texts with escapes are not cached. So a text equal to a cached one is always written without escapes, and comparing bytes suffices.
        return quoted.Contains((byte)'\\') ? JsonScan.Plain(quoted) : text = Encoding.UTF8.GetString(quoted);
    }
}
