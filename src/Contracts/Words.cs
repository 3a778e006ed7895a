using System.Text.Json;

namespace ExecutionGrains;

/// <summary>Converts enum values to and from their snake_case names, which the API, SQL, metrics and logs use.</summary>
public static class Words
{
    /// <summary>The snake_case name of an enum value. The names are cached: no allocation after the first call.</summary>
    public static string Word<T>(this T value) where T : struct, Enum => Table<T>.Words[value];

    /// <summary>Parses a name, ignoring case. False if it is not a name of <typeparamref name="T"/>.</summary>
    public static bool TryParse<T>(string? word, out T value) where T : struct, Enum
    {
        value = default;
        return word is not null && Table<T>.Values.TryGetValue(word, out value);
    }

    private static class Table<T> where T : struct, Enum
    {
        public static readonly Dictionary<T, string> Words =
            Enum.GetValues<T>().ToDictionary(v => v, v => JsonNamingPolicy.SnakeCaseLower.ConvertName(v.ToString()));

        public static readonly Dictionary<string, T> Values = Words.ToDictionary(p => p.Value, p => p.Key, StringComparer.OrdinalIgnoreCase);
    }
}
