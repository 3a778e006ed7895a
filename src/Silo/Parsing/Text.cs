using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using ExecutionGrains.Rules;

namespace ExecutionGrains.Silo.Parsing;

/// <summary>How a text is read: a lone surrogate is legal as a JSON escape, and is no text.</summary>
public static class Text
{
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
}
