using System.Globalization;
using ExecutionGrains.Hosting.Description;
using ExecutionGrains.Hosting.Parsing;
using ExecutionGrains.Hosting.Problems;
using ExecutionGrains.Rules;
using ExecutionGrains.Storage.Lists;
using ExecutionGrains.Storage.Pages;
using ExecutionGrains.Views;
using Microsoft.Extensions.Primitives;

namespace ExecutionGrains.Hosting.Http;

/// <summary>
/// Reads and validates query parameters. All methods throw a <see cref="RequestException"/> with the code <c>invalid_parameter</c> that names the parameter
/// which
/// is unknown or not valid.
/// </summary>
public static class Query
{
    private const int ShownLength = 100;

    /// <summary>The filters of the list of executions.</summary>
    public static readonly string[] FilterNames =
    [
        "status", "workflow", "namespace", "cause", "worker", "triggeredBy", "parent", "label", "hasLabel", "resolution", "late",
        "startedAfter", "startedBefore", "createdAfter", "createdBefore", "endedAfter", "endedBefore", "minDurationMs",
        "epochStatus", "epochCause", "epochEndedAfter", "epochEndedBefore", "q",
    ];

    private static readonly IntegerRange Milliseconds = new(0, (long)TimeSpan.FromDays(366_000).TotalMilliseconds);

    /// <exception cref="RequestException">A parameter is not one of the endpoint's. The message suggests the most similar one.</exception>
    public static void RefuseUnknown(IQueryCollection query, IReadOnlyList<string> known)
    {
        foreach (var name in query.Keys)
        {
            if (!known.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                var nearest = known.MinBy(k => Distance(k, UnicodeText.Truncate(name, ShownLength)));
                throw Problem(name, nearest is null ? "is unknown; this call accepts no query parameters" : $"is unknown; the nearest known one is {nearest}");
            }
        }
    }

    public static int Limit(IQueryCollection query) => (int?)Whole(query, "limit", new IntegerRange(1, Limits.PageSizeMax)) ?? QueryBounds.LimitDefault;

    public static string? Cursor(IQueryCollection query) => One(query, "cursor");

    /// <summary>Reads the filters of the list of executions.</summary>
    /// <param name="visible">The namespaces that the caller may see; null: all.</param>
    public static ExecutionFilter Filter(IQueryCollection query, IReadOnlyList<string>? visible) => new()
    {
        VisibleNamespaces = visible,
        Status = Words<ExecutionStatus>(query, "status"),
        Workflow = All(query, "workflow"),
        Namespace = All(query, "namespace"),
        Cause = Words<Cause>(query, "cause"),
        Worker = All(query, "worker"),
        TriggeredBy = All(query, "triggeredBy"),
        Parent = All(query, "parent"),
        Label = [.. All(query, "label", QueryBounds.LabelsMax).Select(Label)],
        HasLabel = [.. All(query, "hasLabel", QueryBounds.LabelsMax).Select(LabelKey)],
        Resolution = Words<Resolution>(query, "resolution"),
        Late = Flag(query, "late", otherwise: false),
        StartedAfter = Time(query, "startedAfter"),
        StartedBefore = Time(query, "startedBefore"),
        CreatedAfter = Time(query, "createdAfter"),
        CreatedBefore = Time(query, "createdBefore"),
        EndedAfter = Time(query, "endedAfter"),
        EndedBefore = Time(query, "endedBefore"),
        DurationMin = Whole(query, "minDurationMs", Milliseconds) is { } ms ? TimeSpan.FromMilliseconds(ms) : null,
        EpochStatus = Words<ExecutionStatus>(query, "epochStatus"),
        EpochCause = Words<Cause>(query, "epochCause"),
        EpochEndedAfter = Time(query, "epochEndedAfter"),
        EpochEndedBefore = Time(query, "epochEndedBefore"),
        Prefix = One(query, "q"),
    };

    /// <summary>One value of an enum; the last one if the parameter is repeated.</summary>
    /// <param name="otherwise">The value if the parameter is missing or empty.</param>
    public static T Word<T>(IQueryCollection query, string name, T otherwise, IReadOnlyDictionary<string, T>? aliases = null) where T : struct, Enum =>
        Words(query, name, aliases) is [.., var last] ? last : otherwise;

    /// <summary>The parameter's text, the last non-empty one if it is repeated; null: missing or empty.</summary>
    public static string? One(IQueryCollection query, string name) => All(query, name) is [.., var last] ? last : null;

    /// <summary>The order of a page: true for <c>desc</c>; false for <c>asc</c>, which is the default.</summary>
    public static bool IsDescending(IQueryCollection query) => One(query, "order") switch
    {
        null => false,
        var word when word.Equals("asc", StringComparison.OrdinalIgnoreCase) => false,
        var word when word.Equals("desc", StringComparison.OrdinalIgnoreCase) => true,
        var other => throw Bad("order", "must be asc or desc", other),
    };

    /// <summary>The time window of statistics: a whole number of <c>s</c>, <c>m</c>, <c>h</c> or <c>d</c>. Default <c>24h</c>; 1 min to 366 d.</summary>
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

    public static RequestException Bad(string name, string rule, string was) => Problem(name, rule, $", was {UnicodeText.Truncate(was, ShownLength)}");

    /// <summary>
    /// Runs a read that takes the parameter <c>cursor</c>. The store throws <see cref="ArgumentException"/> for a cursor that belongs to another list or other
    /// filters; this becomes a problem response.
    /// </summary>
    public static async Task<T> PagedAsync<T>(IQueryCollection query, Func<Task<T>> read)
    {
        try
        {
            return await read().ConfigureAwait(false);
        }
        catch (ArgumentException) when (Cursor(query) is { } cursor)
        {
            throw Bad("cursor", "must be one that this list returned for the same filters", cursor);
        }
    }

    private static RequestException Problem(string name, string rule, string was = "")
    {
        var shown = UnicodeText.ReplaceUnstorable(UnicodeText.Truncate(name, ShownLength));
        var pointer = "/" + shown.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
        return new RequestException(ProblemCode.InvalidParameter, $"The query parameter {shown} {rule}{was}.", [new FieldErrorView(pointer, rule)]);
    }

    private static string[] All(IQueryCollection query, string name, int most = QueryBounds.ValuesMax)
    {
        if (!query.TryGetValue(name, out var values) || values == StringValues.Empty)
        {
            return [];
        }

        var said = values.Where(v => !string.IsNullOrEmpty(v)).Select(v => v!).ToArray();
        if (said.Length > most)
        {
            throw Bad(name, $"may be given at most {most} times", $"{said.Length}");
        }

        foreach (var value in said)
        {
            if (value.Contains('\0') || !UnicodeText.IsWellFormed(value))
            {
                throw Bad(name, "must not contain NUL or lone surrogates", "text that does");
            }
        }

        return said;
    }

    public static T[] Words<T>(IQueryCollection query, string name, IReadOnlyDictionary<string, T>? aliases = null) where T : struct, Enum
    {
        var texts = All(query, name);
        var words = new T[texts.Length];
        for (var i = 0; i < texts.Length; i++)
        {
            if (!ExecutionGrains.Words.TryParse(texts[i], out words[i]) && aliases?.TryGetValue(texts[i], out words[i]) != true)
            {
                throw Bad(name, $"must be one of {string.Join(", ", Enum.GetValues<T>().Select(v => v.Word()))}", texts[i]);
            }
        }

        return words;
    }

    /// <summary>
    /// Splits <c>key=value</c> at the first <c>=</c>, which a key cannot contain. Without any <c>=</c>, splits <c>key:value</c> at the first colon.
    /// </summary>
    private static KeyValuePair<string, string> Label(string text)
    {
        var split = text.IndexOf('=', StringComparison.Ordinal) is >= 0 and var equals ? equals : text.IndexOf(':', StringComparison.Ordinal);
        return split > 0 ? new(text[..split], text[(split + 1)..]) : throw Bad("label", "must be key=value", text);
    }

    private static string LabelKey(string text) =>
        text.Contains('=', StringComparison.Ordinal) ? throw Bad("hasLabel", "must be the key of a label, which cannot contain =", text) : text;

    public static bool Flag(IQueryCollection query, string name, bool otherwise) =>
        One(query, name) is not { } text ? otherwise : bool.TryParse(text, out var value) ? value : throw Bad(name, "must be true or false", text);

    private static long? Whole(IQueryCollection query, string name, IntegerRange range)
    {
        if (One(query, name) is not { } text)
        {
            return null;
        }

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && range.Contains(number)
            ? number
            : throw Bad(name, range.Rule, text);
    }

    public static DateTimeOffset? Time(IQueryCollection query, string name)
    {
        if (One(query, name) is not { } text)
        {
            return null;
        }

        // In a query, + means a space: the offset of a time that the caller did not escape arrives with a space instead of a plus.
        var isRead = IsoTimeParser.TryParse(text, out var time)
            || (text.LastIndexOf(' ') is >= 0 and var blank && IsoTimeParser.TryParse($"{text.AsSpan(0, blank)}+{text.AsSpan(blank + 1)}", out time));
        return isRead ? time : throw Bad(name, FieldValidation.TimeRule, text);
    }

    /// <summary>The Levenshtein distance of two words, ignoring case.</summary>
    private static int Distance(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var replaced = diagonal + (char.ToLowerInvariant(one[i - 1]) == char.ToLowerInvariant(other[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[other.Length];
    }
}
