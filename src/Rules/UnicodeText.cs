using System.Text;

namespace ExecutionGrains.Rules;

/// <summary>UTF-16 is text where every surrogate has its other half. No store can hold a lone one: each keeps U+FFFD in its place, which is another text.</summary>
public static class UnicodeText
{
    /// <summary>No lone surrogate.</summary>
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

    /// <summary>At most <paramref name="length"/> UTF-16 units of it, no surrogate pair cut in two.</summary>
    public static string Cut(string text, int length) =>
        text.Length <= length ? text : char.IsHighSurrogate(text[length - 1]) ? text[..(length - 1)] : text[..length];

    /// <summary>As a store keeps it: U+FFFD for every lone surrogate.</summary>
    public static string Sound(string text) => IsWellFormed(text) ? text : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    /// <summary>Free text as it is stored: U+FFFD for every NUL and every lone surrogate.</summary>
    public static string Free(string text) => Sound(text).Replace('\0', '\ufffd');
}
