using System.Text.Json.Serialization;

namespace ExecutionGrains.Views;

/// <summary>Any JSON value. It is passed on unread.</summary>
[JsonConverter(typeof(RawJsonConverter))]
public sealed record RawJson(byte[] Utf8)
{
    /// <summary>Null stays null.</summary>
    public static RawJson? Of(byte[]? utf8) => utf8 is null ? null : new RawJson(utf8);
}
