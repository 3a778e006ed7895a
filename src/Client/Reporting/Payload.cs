using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace ExecutionGrains.Client.Reporting;

/// <summary>
/// Converts the user's values to an event's UTF-8 JSON and strings. Never throws: a value that cannot be serialized is replaced by a note.
/// </summary>
internal static class Payload
{
    /// <summary>Maximum size of an execution's output or error, in UTF-8 bytes. The tracker truncates to the same size.</summary>
    internal const int FinalMax = 64 * 1024;

    /// <summary>Maximum size of a step's input or output, in UTF-8 bytes. The tracker truncates to the same size.</summary>
    internal const int StepMax = 10_240;

    /// <summary>Maximum length of an error message, in characters.</summary>
    internal const int MessageMax = 8_192;

    /// <summary>Maximum length of a log message, in characters.</summary>
    internal const int LogMax = 16_384;

    /// <summary>Maximum length of a reason or progress message, in characters.</summary>
    internal const int NoteMax = 1_024;

    /// <summary>Maximum length of a name, in characters.</summary>
    internal const int NameMax = 256;

    /// <summary>Maximum JSON depth of a payload. The tracker accepts request bodies of depth 64, and a payload is nested three levels deep.</summary>
    private const int DepthMax = 60;

    private const string Marker = "[truncated]";

    /// <summary>Does not escape non-ASCII letters, because escaping would make a truncated payload longer.</summary>
    private static readonly JavaScriptEncoder Unescaped = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    /// <param name="bytesMax">Maximum size in bytes. A longer payload becomes a JSON string: the beginning of its text, and <c>[truncated]</c>.</param>
    public static byte[]? Of<T>(T value, int bytesMax, JsonTypeInfo<T>? type = null)
    {
        if (value is null)
        {
            return null;
        }

        try
        {
            var json = type is null
                ? JsonSerializer.SerializeToUtf8Bytes(value, value.GetType(), JsonSerializerOptions.Web)
                : JsonSerializer.SerializeToUtf8Bytes(value, type);
            CheckReadable(json);
            return Cut(json, bytesMax);
        }
        catch (Exception e)
        {
            // Catch every exception: serialization runs property getters of the user's types.
            return Text(Clean($"[not recorded: a {value.GetType()} cannot be serialized as JSON: {e.Message}]", NoteMax));
        }
    }

    /// <summary>
    /// Returns JSON that fits unchanged. Otherwise returns a JSON string with the beginning of its text, at most <paramref name="bytesMax"/> bytes.
    /// </summary>
    public static byte[] Cut(byte[] json, int bytesMax)
    {
        if (json.Length <= bytesMax)
        {
            return json;
        }

        // Escaping makes quotes longer, so each iteration shortens the text by part of the excess.
        for (var length = bytesMax - Marker.Length - 2; length > 0;)
        {
            var text = Encoding.UTF8.GetString(json, 0, Boundary(json, length));
            var cut = Text(text + Marker);
            if (cut.Length <= bytesMax)
            {
                return cut;
            }

            length -= Math.Max(1, (cut.Length - bytesMax + 1) / 2);
        }

        return Text(Marker);
    }

    public static byte[] Error(Exception e)
    {
        string message;
        try
        {
            message = e.Message;
        }
        catch (Exception failure)
        {
            // A user-defined exception type may throw from Message.
            message = $"the Message property threw {failure.GetType()}";
        }

        return Error(e.GetType().FullName ?? e.GetType().Name, message);
    }

    public static byte[] Error(string type, string message)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("type", Clean(type, NameMax));
            json.WriteString("message", Clean(message, MessageMax));
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Makes a text acceptable to the tracker: truncates it and replaces NUL and lone surrogates.</summary>
    public static string Clean(string? text, int lengthMax)
    {
        text ??= "";
        var length = text.Length <= lengthMax ? text.Length : lengthMax - (char.IsHighSurrogate(text[lengthMax - 1]) ? 1 : 0);
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text[..length])).Replace('\0', '\uFFFD');
    }

    /// <summary>
    /// Makes a name acceptable to the tracker: as <see cref="Clean"/>, and control characters such as line breaks become spaces. Null for null or an empty
    /// string.
    /// </summary>
    public static string? Name(string? name, int lengthMax = NameMax)
    {
        if (string.IsNullOrEmpty(name))
        {
            return null;
        }

        var clean = Clean(name, lengthMax);
        return clean.Any(char.IsControl) ? string.Concat(clean.Select(c => char.IsControl(c) ? ' ' : c)) : clean;
    }

    private static byte[] Text(string text)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = Unescaped }))
        {
            json.WriteStringValue(text);
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void CheckReadable(byte[] json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = DepthMax });
        while (reader.Read())
        {
            // Reading to the end checks validity and depth.
        }
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
