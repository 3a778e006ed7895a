using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using ExecutionGrains.Rules;

namespace ExecutionGrains.Silo.Parsing;

/// <summary>How a string is read: a lone surrogate is legal as a JSON escape, and is no text.</summary>
public static class Text
{
    /// <summary>False for anything but a string, and for a lone surrogate.</summary>
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

    /// <summary>What is wrong with an element that is no text.</summary>
    public static string Fault(JsonElement element) => element.ValueKind == JsonValueKind.String ? "must hold no lone surrogates" : "must be a string";
}
