using System.Buffers;
using System.Text;
using ExecutionGrains.Rules;

namespace ExecutionGrains.Storage.Postgres.Statements;

/// <summary>
/// Converts texts to a form that PostgreSQL can store. It cannot store U+0000: that becomes two U+0001, and U+0001 itself becomes U+0001 U+0002, so that
/// prefixes stay prefixes. Lone surrogates, which UTF-8 cannot encode, become U+FFFD.
/// </summary>
internal static class StoredText
{
    private const char Mark = '\u0001';
    private static readonly SearchValues<char> Marked = SearchValues.Create("\0\u0001");

    public static string Of(string text)
    {
        var sound = UnicodeText.ReplaceLoneSurrogates(text);
        return sound.AsSpan().ContainsAny(Marked) ? sound.Replace("\u0001", "\u0001\u0002").Replace("\0", "\u0001\u0001") : sound;
    }

    public static string? OfNullable(string? text) => text is null ? null : Of(text);

    public static string Read(string stored)
    {
        if (!stored.Contains(Mark))
        {
            return stored;
        }

        var text = new StringBuilder(stored.Length);
        for (var i = 0; i < stored.Length; i++)
        {
            text.Append(stored[i] != Mark ? stored[i] : stored[++i] == Mark ? '\0' : Mark);
        }

        return text.ToString();
    }
}
