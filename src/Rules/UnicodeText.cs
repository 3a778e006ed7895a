using System.Text;

namespace ExecutionGrains.Rules;

/// <summary>
/// Makes strings valid Unicode. A .NET string may hold a lone surrogate, which no store can hold: a store replaces it by U+FFFD and returns another string.
/// </summary>
public static class UnicodeText
{
    /// <summary>True if the text has no lone surrogate.</summary>
    public static bool IsWellFormed(ReadOnlySpan<char> text)
    {
        var at = text.IndexOfAnyInRange('\ud800', '\udfff');
        while (at >= 0)
        {
            if (Rune.DecodeFromUtf16(text[at..], out _, out var consumed) != System.Buffers.OperationStatus.Done)
            {
                return false;
            }

            text = text[(at + consumed)..];
            at = text.IndexOfAnyInRange('\ud800', '\udfff');
        }

        return true;
    }

    /// <summary>Cuts a text to at most <paramref name="length"/> UTF-16 code units without splitting a surrogate pair.</summary>
    public static string Truncate(string text, int length) =>
        text.Length <= length ? text : char.IsHighSurrogate(text[length - 1]) ? text[..(length - 1)] : text[..length];

    /// <summary>Replaces every lone surrogate by U+FFFD.</summary>
    public static string ReplaceLoneSurrogates(string text) => IsWellFormed(text) ? text : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    /// <summary>Replaces every NUL and every lone surrogate by U+FFFD.</summary>
    public static string ReplaceUnstorable(string text) => ReplaceLoneSurrogates(text).Replace('\0', '\ufffd');
}
