using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace ExecutionGrains.Client.Reporting;

/// <summary>Turns what users hand over into the UTF-8 JSON of an event. Never throws: what cannot be written is said so.</summary>
internal static class Payload
{
    /// <summary>Longest error message sent, in characters; the tracker cuts at 64 KiB of all.</summary>
    internal const int MessageMax = 8_192;

    public static byte[]? Of<T>(T value, JsonTypeInfo<T>? type = null)
    {
        if (value is null)
        {
            return null;
        }

        try
        {
            return type is null
                ? JsonSerializer.SerializeToUtf8Bytes(value, value.GetType(), JsonSerializerOptions.Web)
                : JsonSerializer.SerializeToUtf8Bytes(value, type);
        }
        catch (Exception e)
        {
            // Any exception: getters of the user's own types run in there.
            return Error("unserializable", $"{value.GetType()}: {e.Message}");
        }
    }

    public static byte[] Error(Exception e) => Error(e.GetType().FullName ?? e.GetType().Name, e.Message);

    public static byte[] Error(string type, string message)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("type", Clean(type, 256));
            json.WriteString("message", Clean(message, MessageMax));
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Cut to a length, lone surrogates replaced: text that every JSON writer accepts.</summary>
    public static string Clean(string text, int lengthMax)
    {
        var cut = text.Length <= lengthMax ? text : text[..lengthMax];
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(cut));
    }
}
