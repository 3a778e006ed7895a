using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using ExecutionGrains.Rules;

namespace ExecutionGrains.Hosting.Parsing;

/// <summary>Reads JSON strings. JSON allows lone surrogates as escapes, but they are not valid Unicode text, so such strings are refused.</summary>
public static class Text
{
    /// <summary>Gets a string. False if the element is not a string or contains a lone surrogate.</summary>
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

    /// <summary>The error message for an element that <see cref="TryGet"/> refused.</summary>
    public static string Fault(JsonElement element) => element.ValueKind == JsonValueKind.String ? "must hold no lone surrogates" : "must be a string";
}
