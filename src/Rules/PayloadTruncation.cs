using System.Text;
using System.Text.Json;

namespace ExecutionGrains.Rules;

/// <summary>Cuts data that is over its size limit. Oversized data is never refused.</summary>
public static class PayloadTruncation
{
    private const string Marker = "[truncated]";

    /// <summary>Does not escape letters outside ASCII, as the default encoder would: escaping would make a cut payload larger.</summary>
    private static readonly RulesJson Unescaped = new(
        new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>
    /// Returns JSON of at most <paramref name="limit"/> bytes unchanged. Longer JSON becomes a JSON string: the beginning of its text and
    /// <c>[truncated]</c>, together at most <paramref name="limit"/> bytes of valid UTF-8 before escaping.
    /// </summary>
    public static byte[]? Truncate(byte[]? json, int limit)
    {
        if (json is null || json.Length <= limit)
        {
            return json;
        }

        var text = Encoding.UTF8.GetString(json, 0, Boundary(json, limit - Marker.Length)) + Marker;
        return JsonSerializer.SerializeToUtf8Bytes(text, Unescaped.String);
    }

    /// <summary>Cuts a text to at most <paramref name="limit"/> bytes of UTF-8, including <c>[truncated]</c>.</summary>
    public static string Truncate(string text, int limit)
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
