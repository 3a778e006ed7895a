using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ExecutionGrains.Views;

/// <summary>Writes times as <c>2026-11-21T03:00:00.123456Z</c>: UTC, always six fractional digits. Reads any ISO 8601 time with an offset.</summary>
public sealed class TimeConverter : JsonConverter<DateTimeOffset>
{
    private const string Format = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";

    public static string Text(DateTimeOffset time) => time.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture);

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetDateTimeOffset();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(Text(value));
}
