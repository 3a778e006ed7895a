using System.Globalization;
using System.Text.RegularExpressions;

namespace ExecutionGrains.Silo.Parsing;

/// <summary>Reads ISO-8601 times with an offset or <c>Z</c>, 1970-01-01 to 9998-12-31, truncated to whole microseconds.</summary>
public static partial class IsoTimes
{
    public const string Fault = "must be an ISO-8601 time with an offset or Z, from 1970-01-01 to 9998-12-31";

    private static readonly DateTimeOffset Earliest = DateTimeOffset.UnixEpoch;
    private static readonly DateTimeOffset End = new(9999, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static bool TryParse(string text, out DateTimeOffset time)
    {
        time = default;
        if (text.Length > 64 || Shape().Match(text) is not { Success: true } match)
        {
            return false;
        }

        var fraction = match.Groups["fraction"].Value;
        var cut = fraction.Length > 6 ? fraction[..6] : fraction;
        var plain = $"{match.Groups["day"].Value}T{match.Groups["time"].Value}.{cut.PadRight(6, '0')}{Offset(match.Groups["offset"].Value)}";
        if (!DateTimeOffset.TryParseExact(plain, "yyyy-MM-dd'T'HH:mm:ss.ffffffzzz", CultureInfo.InvariantCulture, DateTimeStyles.None, out var read))
        {
            return false;
        }

        time = read.ToUniversalTime();
        return time >= Earliest && time < End;
    }

    private static string Offset(string text) => text switch
    {
        "Z" or "z" => "+00:00",
        { Length: 5 } => $"{text[..3]}:{text[3..]}",
        _ => text,
    };

    [GeneratedRegex(@"^(?<day>[0-9]{4}-[0-9][0-9]-[0-9][0-9])[Tt](?<time>[0-9][0-9]:[0-9][0-9]:[0-9][0-9])([.,](?<fraction>[0-9]{1,30}))?(?<offset>[Zz]|[+-][0-9][0-9]:?[0-9][0-9])\z", RegexOptions.CultureInvariant)]
    private static partial Regex Shape();
}
