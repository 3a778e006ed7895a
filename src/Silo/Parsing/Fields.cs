using System.Runtime.InteropServices;
using System.Text.Json;
using ExecutionGrains.Rules;

namespace ExecutionGrains.Silo.Parsing;

/// <summary>
/// Reads the fields of one JSON object and gathers what is wrong with them. An absent field and an explicit null are both «not said».
/// </summary>
public sealed class Fields(JsonElement json, string pointer = "")
{
    private readonly List<FieldError> errors = [];

    public IReadOnlyList<FieldError> Errors => errors;

    public bool IsFine => errors.Count == 0;

    public void Fail(string field, string message, Code code = Code.InvalidEvent) =>
        errors.Add(new FieldError($"{pointer}/{field}", message, code));

    /// <summary>Whether the field is there at all, null included.</summary>
    public bool Says(string field) => json.TryGetProperty(field, out _);

    /// <summary>1 to <paramref name="lengthMax"/> characters without control characters and lone surrogates.</summary>
    public string? Name(string field, int lengthMax = Limits.NameLength, bool required = false, Code missing = Code.InvalidEvent)
    {
        if (!TryGet(field, out var value))
        {
            if (required)
            {
                Fail(field, "is required", missing);
            }

            return null;
        }

        if (!TryText(field, value, out var text))
        {
            return null;
        }

        if (Names.Fault(text, lengthMax) is not { } fault)
        {
            return text;
        }

        Fail(field, fault);
        return null;
    }

    public string? Id(string field, bool required = false)
    {
        var text = Name(field, int.MaxValue, required);
        if (text is null || ExecutionId.IsValid(text))
        {
            return text;
        }

        Fail(field, "must be 1 to 128 characters of [A-Za-z0-9._:-]");
        return null;
    }

    /// <summary>Free text: anything but NUL and lone surrogates.</summary>
    public string? Free(string field, int lengthMax = int.MaxValue, bool required = false)
    {
        if (!TryGet(field, out var value))
        {
            if (required)
            {
                Fail(field, "is required");
            }

            return null;
        }

        if (!TryText(field, value, out var text))
        {
            return null;
        }

        if (!text.Contains('\0'))
        {
            return UnicodeText.Cut(text, lengthMax);
        }

        Fail(field, "must hold no NUL character");
        return null;
    }

    public DateTimeOffset? Time(string field)
    {
        if (!TryGet(field, out var value))
        {
            return null;
        }

        if (Text.TryGet(value, out var text) && IsoTimes.TryParse(text, out var time))
        {
            return time;
        }

        Fail(field, IsoTimes.Fault);
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

    public long? Whole(string field, long min, long max)
    {
        if (!TryGet(field, out var value))
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var number)
            && decimal.IsInteger(number) && number >= min && number <= max)
        {
            return (long)number;
        }

        Fail(field, max == long.MaxValue ? $"must be a whole number from {min}" : $"must be a whole number from {min} to {max}");
        return null;
    }

    /// <summary>From 0, finite.</summary>
    public decimal? Cost(string field)
    {
        if (!TryGet(field, out var value))
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var cost) && cost is >= 0 and <= Limits.Cost)
        {
            return cost;
        }

        Fail(field, "must be a number from 0 to 1e15");
        return null;
    }

    public T? Word<T>(string field, bool required = false) where T : struct, Enum
    {
        if (!TryGet(field, out var value))
        {
            if (required)
            {
                Fail(field, "is required");
            }

            return null;
        }

        if (Text.TryGet(value, out var text) && Words.TryParse<T>(text, out var word))
        {
            return word;
        }

        Fail(field, $"must be one of {string.Join(", ", Enum.GetValues<T>().Select(v => v.Word()))}");
        return null;
    }

    /// <summary>Any JSON value, as its own UTF-8 text; an explicit null is the value null.</summary>
    public byte[]? Payload(string field) =>
        json.TryGetProperty(field, out var value) ? JsonMarshal.GetRawUtf8Value(value).ToArray() : null;

    public Progress? Progress(string field)
    {
        if (Object(field) is not { } inner)
        {
            return null;
        }

        var percent = inner.Percent("percent");
        var message = inner.Free("message", Limits.NoteLength);
        errors.AddRange(inner.Errors);
        return new Progress(percent, message);
    }

    public Dictionary<string, string>? Labels(string field)
    {
        if (!TryGet(field, out var value))
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Object)
        {
            Fail(field, "must be an object of texts");
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

        if (labels.Count <= Limits.Labels)
        {
            return labels;
        }

        Fail(field, $"must be at most {Limits.Labels} labels, were {labels.Count}", Code.LimitExceeded);
        return null;
    }

    /// <summary>An object inside this one; null where it is absent or wrong. Its errors are the caller's to add.</summary>
    public Fields? Object(string field)
    {
        if (!TryGet(field, out var value))
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Object)
        {
            return new Fields(value, $"{pointer}/{field}");
        }

        Fail(field, "must be an object");
        return null;
    }

    public void Add(Fields inner) => errors.AddRange(inner.Errors);

    public bool TryGet(string field, out JsonElement value) =>
        json.TryGetProperty(field, out value) && value.ValueKind != JsonValueKind.Null;

    private double? Percent(string field)
    {
        if (!TryGet(field, out var value))
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var percent) && percent is >= 0 and <= 100)
        {
            return percent;
        }

        Fail(field, "must be a number from 0 to 100");
        return null;
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
            key = "\ud800";
        }

        if (Names.Fault(key) is { } fault)
        {
            Fail(field, $"a label's key {fault}");
            return false;
        }

        if (!Text.TryGet(property.Value, out var label))
        {
            Fail(field, $"the label {key} must be a text without lone surrogates");
            return false;
        }

        if (Names.Fault(label, Limits.LabelValueLength) is { } wrong)
        {
            Fail(field, $"the label {key} {wrong}");
            return false;
        }

        labels[key] = label;
        return true;
    }

    private bool TryText(string field, JsonElement value, out string text)
    {
        if (Text.TryGet(value, out var read))
        {
            text = read;
            return true;
        }

        text = "";
        Fail(field, value.ValueKind == JsonValueKind.String ? "must hold no lone surrogates" : "must be a text");
        return false;
    }
}
