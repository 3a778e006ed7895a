using System.Text.Json;

namespace ExecutionGrains;

/// <summary>Writes optional JSON fields. A null value writes nothing.</summary>
internal static class SetFields
{
    public static void WriteText(this Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    public static void WriteFlag(this Utf8JsonWriter json, string name, bool? value)
    {
        if (value is { } flag)
        {
            json.WriteBoolean(name, flag);
        }
    }

    public static void WriteNumber(this Utf8JsonWriter json, string name, decimal? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
    }

    /// <summary>Writes an object with string values. Null or no values write nothing.</summary>
    public static void WriteTexts(this Utf8JsonWriter json, string name, IEnumerable<KeyValuePair<string, string>>? values)
    {
        if (values?.Any() != true)
        {
            return;
        }

        json.WriteStartObject(name);
        foreach (var (key, value) in values)
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    }
}
