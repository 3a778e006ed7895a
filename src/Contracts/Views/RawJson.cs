using System.Text.Json.Serialization;

namespace ExecutionGrains.Views;

/// <summary>Any JSON value, passed through without interpretation.</summary>
[JsonConverter(typeof(RawJsonConverter))]
public sealed record RawJson(byte[] Utf8)
{
    /// <summary>Wraps a JSON value. Null for null.</summary>
    public static RawJson? Of(byte[]? utf8) => utf8 is null ? null : new RawJson(utf8);
}
