using System.Text.Json;
using System.Text.Json.Serialization;

namespace ExecutionGrains;

/// <summary>Writes an enum value as its snake_case name, the form of the API. Refuses integers.</summary>
public sealed class WordConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false)
    where T : struct, Enum;
