using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using ExecutionGrains.Rules;

namespace ExecutionGrains.Storage.Serialization;

/// <summary>The JSON of an execution's state. Unset fields are omitted. Times are unix microseconds.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    IgnoreReadOnlyProperties = true,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    Converters = [typeof(UnixMicrosecondsConverter), typeof(IdConverter)])]
[JsonSerializable(typeof(ExecutionState))]
[JsonSerializable(typeof(Dictionary<string, string>))]
[JsonSerializable(typeof(string[]))]
internal sealed partial class StateJson : JsonSerializerContext
{
    public static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static ExecutionState Read(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize(json, Reading.ExecutionState)!;

    /// <summary>Labels as JSON, sorted by key. Null: there are none.</summary>
    public static string? Labels(IReadOnlyDictionary<string, string>? labels) => labels is not { Count: > 0 }
        ? null
        : JsonSerializer.Serialize(
            labels.OrderBy(l => l.Key, StringComparer.Ordinal).ToDictionary(l => l.Key, l => l.Value), Default.DictionaryStringString);

    public static Dictionary<string, string> ReadLabels(string? json) =>
        json is null ? [] : JsonSerializer.Deserialize(json, Default.DictionaryStringString)!;

    public static string? Texts(IReadOnlyList<string>? texts) =>
        texts is null ? null : JsonSerializer.Serialize([.. texts], Default.StringArray);

    public static string[]? ReadTexts(string? json) => json is null ? null : JsonSerializer.Deserialize(json, Default.StringArray);

    /// <summary>
    /// Reads by reflection instead of generated code. The generated code passes all init-only properties, boxed, to one constructor; reflection sets them one
    /// by one. Reading a page of 50 takes three quarters of the time.
    /// </summary>
    private static class Reading
    {
        public static readonly JsonTypeInfo<ExecutionState> ExecutionState =
            (JsonTypeInfo<ExecutionState>)new JsonSerializerOptions(Default.Options) { TypeInfoResolver = new DefaultJsonTypeInfoResolver() }
                .GetTypeInfo(typeof(ExecutionState));
    }

    private sealed class UnixMicrosecondsConverter : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            UnixMicroseconds.ToTime(reader.GetInt64());

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
            writer.WriteNumberValue(UnixMicroseconds.From(value));
    }

    private sealed class IdConverter : JsonConverter<ExecutionId>
    {
        public override ExecutionId Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => new() { Value = reader.GetString()! };

        public override void Write(Utf8JsonWriter writer, ExecutionId value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.Value);
    }
}
