using System.Text.Json;

namespace ExecutionGrains;

/// <summary>The words of the API, which are also the words in SQL, metrics and logs.</summary>
public static class Words
{
    /// <summary>The lower_snake word of an enum value. The result is cached: no allocation after the first call.</summary>
    public static string Word<T>(this T value) where T : struct, Enum => Table<T>.Words[value];

    /// <summary>Reads a word, whatever its case; false for anything that is not a word of <typeparamref name="T"/>.</summary>
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
