using System.Text;
using System.Text.Json;

namespace ExecutionGrains.Rules;

/// <summary>Too much data is cut, not refused.</summary>
public static class Payload
{
    private const string Marker = "[truncated]";

    /// <summary>Other than by default, letters of all scripts stay as they are: a cut payload must not grow by escaping them.</summary>
    private static readonly RulesJson Unescaped = new(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>
    /// JSON that fits stays as it is; JSON that does not becomes a JSON string: the first bytes of its text and <c>[truncated]</c>,
    /// the string's content at most <paramref name="limit"/> bytes of valid UTF-8.
    /// </summary>
    public static byte[]? Cut(byte[]? json, int limit)
    {
        if (json is null || json.Length <= limit)
        {
            return json;
        }

        var text = Encoding.UTF8.GetString(json, 0, Boundary(json, limit - Marker.Length)) + Marker;
        return JsonSerializer.SerializeToUtf8Bytes(text, Unescaped.String);
    }

    /// <summary>A text cut to at most <paramref name="limit"/> bytes of UTF-8, the marker included.</summary>
    public static string Cut(string text, int limit)
    {
        if (Encoding.UTF8.GetByteCount(text) <= limit)
        {
            return text;
        }

        var bytes = Encoding.UTF8.GetBytes(text);
        return Encoding.UTF8.GetString(bytes, 0, Boundary(bytes, limit - Marker.Length)) + Marker;
    }

    private static int Boundary(byte[] utf8, int length)
    {
        while (length > 0 && (utf8[length] & 0xC0) == 0x80)
        {
            length--;
        }

        return length;
    }
}
