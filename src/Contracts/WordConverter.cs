using System.Text.Json;
using System.Text.Json.Serialization;

namespace ExecutionGrains;

/// <summary>Writes an enum as the lower_snake words of the API. Integers are refused.</summary>
public sealed class WordConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false)
    where T : struct, Enum;
