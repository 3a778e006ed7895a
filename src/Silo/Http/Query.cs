using System.Globalization;
using ExecutionGrains.Rules;
using ExecutionGrains.Silo.Parsing;
using ExecutionGrains.Storage;
using ExecutionGrains.Views;
using Microsoft.Extensions.Primitives;

namespace ExecutionGrains.Silo.Http;

/// <summary>Reads query parameters; an unreadable one is named.</summary>
public static class Query
{
    private const int LimitDefault = 50;

    public static readonly string[] FilterNames =
    [
        "status", "workflow", "namespace", "cause", "worker", "triggeredBy", "label", "resolution", "late", "startedAfter", "startedBefore", "q",
    ];

    public static int Limit(IQueryCollection query)
    {
        if (One(query, "limit") is not { } text)
        {
            return LimitDefault;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= Limits.Page
            ? limit
            : throw Bad("limit", $"must be a whole number from 1 to {Limits.Page}", text);
    }

    public static string? Cursor(IQueryCollection query) => One(query, "cursor");

    public static ExecutionFilter Filter(IQueryCollection query, IReadOnlyList<string>? visible) => new()
    {
        VisibleNamespaces = visible,
        Status = Words<ExecutionStatus>(query, "status"),
        Workflow = All(query, "workflow"),
        Namespace = All(query, "namespace"),
        Cause = Words<Cause>(query, "cause"),
        Worker = All(query, "worker"),
        TriggeredBy = All(query, "triggeredBy"),
        Label = [.. All(query, "label").Select(Label)],
        Resolution = Words<Resolution>(query, "resolution"),
        Late = Bool(query, "late"),
        StartedAfter = Time(query, "startedAfter"),
        StartedBefore = Time(query, "startedBefore"),
        Prefix = One(query, "q"),
    };

    public static T Word<T>(IQueryCollection query, string name, T otherwise) where T : struct, Enum =>
        Words<T>(query, name) is [.., var last] ? last : otherwise;

    /// <summary>The last one given; null where none or an empty one is.</summary>
    public static string? One(IQueryCollection query, string name) => All(query, name) is [.., var last] ? last : null;

    /// <summary>A whole number of <c>s, m, h, d</c>; 1 min to 366 d.</summary>
    public static (string Text, TimeSpan Length) Window(IQueryCollection query)
    {
        var text = One(query, "window") ?? "24h";
        if (int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count <= 1_000_000)
        {
            var length = text[^1] switch
            {
                's' => TimeSpan.FromSeconds(count),
                'm' => TimeSpan.FromMinutes(count),
                'h' => TimeSpan.FromHours(count),
                'd' => TimeSpan.FromDays(count),
                _ => TimeSpan.Zero,
            };
            if (length >= TimeSpan.FromMinutes(1) && length <= TimeSpan.FromDays(366))
            {
                return (text, length);
            }
        }

        throw Bad("window", "must be a whole number of s, m, h or d, from 1m to 366d", text);
    }

    public static RequestProblem Bad(string name, string bound, string was) => new(
        ProblemCode.InvalidParameter,
        $"The query parameter {name} {bound}, was {UnicodeText.Cut(was, 100)}.",
        [new FieldErrorView($"/{name}", bound)]);

    /// <summary>Runs a read that takes a cursor: a foreign one is the caller's mistake.</summary>
    public static async Task<T> PagedAsync<T>(IQueryCollection query, Func<Task<T>> read)
    {
        try
        {
            return await read().ConfigureAwait(false);
        }
        catch (ArgumentException) when (Cursor(query) is { } cursor)
        {
            throw Bad("cursor", "must be one that this list gave for these filters", cursor);
        }
    }

    private static string[] All(IQueryCollection query, string name)
    {
        if (!query.TryGetValue(name, out var values) || values == StringValues.Empty)
        {
            return [];
        }

        var said = values.Where(v => !string.IsNullOrEmpty(v)).Select(v => v!).ToArray();
        foreach (var value in said)
        {
            if (value.Contains('\0') || !UnicodeText.IsWellFormed(value))
            {
                throw Bad(name, "must be a text", "none");
            }
        }

        return said;
    }

    private static T[] Words<T>(IQueryCollection query, string name) where T : struct, Enum
    {
        var texts = All(query, name);
        var words = new T[texts.Length];
        for (var i = 0; i < texts.Length; i++)
        {
            if (!ExecutionGrains.Words.TryParse(texts[i], out words[i]))
            {
                throw Bad(name, $"must be one of {string.Join(", ", Enum.GetValues<T>().Select(v => v.Word()))}", texts[i]);
            }
        }

        return words;
    }

    private static KeyValuePair<string, string> Label(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 ? new(text[..colon], text[(colon + 1)..]) : throw Bad("label", "must be key:value", text);
    }

    private static bool Bool(IQueryCollection query, string name) => One(query, name) switch
    {
        null or "false" => false,
        "true" => true,
        var other => throw Bad(name, "must be true or false", other),
    };

    private static DateTimeOffset? Time(IQueryCollection query, string name)
    {
        if (One(query, name) is not { } text)
        {
            return null;
        }

        // A plus that was not escaped arrives as a blank.
        return IsoTimes.TryParse(text.Replace(' ', '+'), out var time) ? time : throw Bad(name, IsoTimes.Fault, text);
    }
}
