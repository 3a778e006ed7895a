using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace ExecutionGrains.Client.Reporting;

/// <summary>Turns what users hand over into the UTF-8 JSON and the texts of an event. Never throws: what cannot be written is replaced by a note.</summary>
internal static class Payload
{
    /// <summary>Final outputs and errors, in bytes of UTF-8; the tracker keeps no more.</summary>
    internal const int FinalMax = 64 * 1024;

    /// <summary>Inputs and outputs of steps, in bytes of UTF-8; the tracker keeps no more.</summary>
    internal const int StepMax = 10_240;

    /// <summary>Longest error message sent, in characters.</summary>
    internal const int MessageMax = 8_192;

    /// <summary>Longest log message sent, in characters.</summary>
    internal const int LogMax = 16_384;

    /// <summary>A reason or a progress message, in characters.</summary>
    internal const int NoteMax = 1_024;

    /// <summary>A name, in characters.</summary>
    internal const int NameMax = 256;

    /// <summary>The tracker reads bodies of depth 64; an event's payload lies three levels deep.</summary>
    private const int DepthMax = 60;

    private const string Marker = "[truncated]";

    /// <summary>Letters of all scripts stay as they are: a payload that is cut must not grow by escaping them.</summary>
    private static readonly JavaScriptEncoder Unescaped = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    /// <param name="bytesMax">A longer one is cut to a JSON string: the first part of its text and <c>[truncated]</c>.</param>
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
            // Any exception: getters of the user's own types run in there.
            return Text(Clean($"[not recorded: a {value.GetType()} cannot be written as JSON: {e.Message}]", NoteMax));
        }
    }

    /// <summary>JSON that fits stays as it is; else a JSON string with the first part of its text, all of it at most so many bytes.</summary>
    public static byte[] Cut(byte[] json, int bytesMax)
    {
        if (json.Length <= bytesMax)
        {
            return json;
        }

        // Quotes grow by escaping: each turn takes off what it was too long by.
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
            // An exception type of the user's.
            message = $"its message threw {failure.GetType()}";
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

    /// <summary>A text that the tracker takes: cut to a length, NUL and lone surrogates replaced.</summary>
    public static string Clean(string? text, int lengthMax)
    {
        text ??= "";
        var length = text.Length <= lengthMax ? text.Length : lengthMax - (char.IsHighSurrogate(text[lengthMax - 1]) ? 1 : 0);
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text[..length])).Replace('\0', '\uFFFD');
    }

    /// <summary>
    /// A name that the tracker takes: as <see cref="Clean"/>, and line breaks and other control characters become spaces. Null stays null, and so does nothing
    /// at all.
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
            // Only whether it can be read, and how deep it is.
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
