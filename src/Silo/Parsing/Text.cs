using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using ExecutionGrains.Rules;

namespace ExecutionGrains.Silo.Parsing;

/// <summary>What a text may hold, and how it is read: a lone surrogate is legal as a JSON escape, and is no text.</summary>
public static class Text
{
    /// <summary>Longest reason or progress message, in characters; longer ones are cut.</summary>
    public const int NoteLength = 1_024;

    /// <summary>False for a lone surrogate.</summary>
    public static bool TryGet(JsonElement element, [NotNullWhen(true)] out string? text)
    {
        text = null;
        if (element.ValueKind != JsonValueKind.String)
        {
            return false;
        }

        try
        {
            text = element.GetString();
            return text is not null && UnicodeText.IsWellFormed(text);
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>Cuts at a character boundary.</summary>
    public static string Cut(string text, int length)
    {
        if (text.Length <= length)
        {
            return text;
        }

        return char.IsHighSurrogate(text[length - 1]) ? text[..(length - 1)] : text[..length];
    }
}
