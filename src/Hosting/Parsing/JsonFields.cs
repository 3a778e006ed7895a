using System.Runtime.InteropServices;
using System.Text.Json;
using ExecutionGrains.Rules;

namespace ExecutionGrains.Hosting.Parsing;

/// <summary>
/// Reads the fields of a JSON object as .NET types. Collects an error for every field of the wrong type or missing; <see cref="FieldValidation"/> checks most
/// values.
/// An explicit null is read like a missing field, except where a method says otherwise.
/// </summary>
/// <param name="pointer">JSON pointer to the object, for the errors. Default: the root.</param>
public sealed class JsonFields(JsonElement json, string pointer = "")
{
    private const string Required = "is required";

    private readonly List<FieldError> faults = [];

    public IReadOnlyList<FieldError> Faults => faults;

    public bool IsFine => faults.Count == 0;

    public void Fail(string field, string message, Code code = Code.InvalidEvent) =>
        faults.Add(new FieldError($"{pointer}/{field}", message, code));

    /// <summary>Adds errors that were found elsewhere, except for fields that have an error already.</summary>
    public void Add(IReadOnlyList<FieldError> others) => faults.AddRange(others.Where(o => !faults.Exists(f => f.Pointer == o.Pointer)).ToArray());

    /// <summary>Whether the field is present, even as an explicit null.</summary>
    public bool Says(string field) => json.TryGetProperty(field, out _);

    /// <param name="missing">The code of the error if a required field is missing.</param>
    public string? String(string field, bool required = false, Code missing = Code.InvalidEvent)
    {
        if (!TryGet(field, out var value))
        {
            if (required)
            {
                Fail(field, Required, missing);
            }

            return null;
        }

        if (Text.TryGet(value, out var text))
        {
            return text;
        }

        Fail(field, Text.Fault(value));
        return null;
    }

    /// <summary>The field if it is a string; else null, without an error.</summary>
    public string? StringOrNull(string field) => TryGet(field, out var value) && Text.TryGet(value, out var text) ? text : null;

    /// <summary>
    /// A name of 1 to 256 characters without control characters and lone surrogates. For fields that <see cref="FieldValidation"/> does not check later.
    /// </summary>
    public string? Name(string field, bool required = false)
    {
        if (String(field, required) is not { } text)
        {
            return null;
        }

        if (NameRule.Validate(text) is not { } fault)
        {
            return text;
        }

        Fail(field, fault);
        return null;
    }

    public string? Id(string field, bool required = false)
    {
        var text = String(field, required);
        if (text is null || ExecutionId.IsValid(text))
        {
            return text;
        }

        Fail(field, ExecutionId.Rule);
        return null;
    }

    public DateTimeOffset? Time(string field)
    {
        var time = TimeOrFault(field, out var isFault);
        if (isFault)
        {
            Fail(field, FieldValidation.TimeRule);
        }

        return time;
    }

    /// <summary>A time; null if the field is missing or not a valid time.</summary>
    /// <param name="isFault">Whether the field is present but not a valid time. No error is collected: the caller decides.</param>
    public DateTimeOffset? TimeOrFault(string field, out bool isFault)
    {
        isFault = false;
        if (!TryGet(field, out var value))
        {
            return null;
        }

        if (Text.TryGet(value, out var text) && IsoTimeParser.TryParse(text, out var time))
        {
            return time;
        }

        isFault = true;
        return null;
    }

    public bool? Bool(string field)
    {
        if (!TryGet(field, out var value))
        {
            return null;
        }

        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return value.GetBoolean();
        }

        Fail(field, "must be true or false");
        return null;
    }

    public long? Whole(string field, IntegerRange range)
    {
        if (!TryGet(field, out var value))
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var number)
            && decimal.IsInteger(number) && number >= range.Min && number <= range.Max)
        {
            return (long)number;
        }

        Fail(field, range.Rule);
        return null;
    }

    /// <summary>A number in the range of <see cref="decimal"/>.</summary>
    public decimal? Cost(string field)
    {
        if (!TryGet(field, out var value))
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var cost))
        {
            return cost;
        }

        Fail(field, FieldValidation.CostRule);
        return null;
    }

    /// <summary>A value of an enum, by its lower_snake name, ignoring case.</summary>
    /// <param name="aliases">Additional names of values. The dictionary must ignore case.</param>
    public T? Word<T>(string field, bool required = false, IReadOnlyDictionary<string, T>? aliases = null) where T : struct, Enum
    {
        if (!TryGet(field, out var value))
        {
            if (required)
            {
                Fail(field, Required);
            }

            return null;
        }

        if (Text.TryGet(value, out var text))
        {
            if (Words.TryParse<T>(text, out var word) || (aliases is not null && aliases.TryGetValue(text, out word)))
            {
                return word;
            }
        }

        Fail(field, $"must be one of {string.Join(", ", Enum.GetValues<T>().Select(v => v.Word()))}");
        return null;
    }

    /// <summary>Any JSON value as its original UTF-8 text; null if the field is missing. An explicit null gives the text <c>null</c>.</summary>
    public byte[]? Payload(string field) =>
        json.TryGetProperty(field, out var value) ? JsonMarshal.GetRawUtf8Value(value).ToArray() : null;

    /// <summary>The valid parts of a progress object; null if there are none. Never an error: bad progress must not make a heartbeat fail.</summary>
    public Progress? Progress(string field)
    {
        if (!TryGet(field, out var value) || value.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        double? percent = null;
        string? message = null;
        foreach (var property in value.EnumerateObject())
        {
            if (Is(property, "percent"u8))
            {
                percent = property.Value.ValueKind == JsonValueKind.Number && property.Value.TryGetDouble(out var number) ? number : null;
            }
            else if (Is(property, "message"u8))
            {
                message = Text.TryGet(property.Value, out var text) ? text : null;
            }
        }

        return percent is null && message is null ? null : new Progress(percent, message);
    }

    public Dictionary<string, string>? Labels(string field)
    {
        if (!TryGet(field, out var value))
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Object)
        {
            Fail(field, "must be an object of strings");
            return null;
        }

        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var property in value.EnumerateObject())
        {
            if (!TryLabel(field, property, labels))
            {
                return null;
            }
        }

        return labels;
    }

    /// <summary>A nested object; null if the field is missing or not an object. The caller must <see cref="Add"/> the errors of the result.</summary>
    public JsonFields? Object(string field)
    {
        if (!TryGet(field, out var value))
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Object)
        {
            return new JsonFields(value, $"{pointer}/{field}");
        }

        Fail(field, "must be an object");
        return null;
    }

    public bool TryGet(string field, out JsonElement value) =>
        json.TryGetProperty(field, out value) && value.ValueKind != JsonValueKind.Null;

    private static bool Is(JsonProperty property, ReadOnlySpan<byte> name)
    {
        try
        {
            return property.NameEquals(name);
        }
        catch (InvalidOperationException)
        {
            // The property name contains a lone surrogate.
            return false;
        }
    }

    private bool TryLabel(string field, JsonProperty property, Dictionary<string, string> labels)
    {
        string key;
        try
        {
            key = property.Name;
        }
        catch (InvalidOperationException)
        {
            // System.Text.Json throws this if the property name contains a lone surrogate.
            Fail(field, "the key of a label must hold no lone surrogates");
            return false;
        }

        if (Text.TryGet(property.Value, out var label))
        {
            labels[key] = label;
            return true;
        }

        var shown = UnicodeText.Truncate(UnicodeText.ReplaceUnstorable(key), FieldValidation.LabelKeyLengthMax);
        Fail(field, $"the value of the label \"{shown}\" {Text.Fault(property.Value)}");
        return false;
    }
}
