using System.Globalization;
using System.Text.RegularExpressions;
using ExecutionGrains.Rules;

namespace ExecutionGrains.Hosting.Parsing;

/// <summary>
/// Parses ISO 8601 times with an offset or <c>Z</c>: basic or extended format, <c>T</c> or spaces before the time, with or without seconds. Fractions are
/// truncated to microseconds. A leap second (<c>:60</c>) becomes the last microsecond of its minute; <c>24:00</c> becomes midnight of the next day. Times must
/// be from 1970-01-01 to 9998-12-31.
/// </summary>
public static partial class IsoTimeParser
{
    private const int LengthMax = 64;

    public static bool TryParse(string text, out DateTimeOffset time)
    {
        time = default;
        if (text.Length > LengthMax || Shape().Match(text.Trim()) is not { Success: true } match)
        {
            return false;
        }

        var isLeap = match.Groups["second"].ValueSpan is "60";
        var fraction = isLeap ? "999999" : Microseconds(match.Groups["fraction"].Value);
        var (hour, minute, second) = (Number(match.Groups["hour"]), Number(match.Groups["minute"]), isLeap ? 59 : Number(match.Groups["second"]));
        var isNextDay = (hour, minute, second, long.Parse(fraction, CultureInfo.InvariantCulture)) == (24, 0, 0, 0);
        var day = $"{match.Groups["year"].ValueSpan}-{match.Groups["month"].ValueSpan}-{match.Groups["day"].ValueSpan}";
        var plain = $"{day}T{(isNextDay ? 0 : hour):00}:{minute:00}:{second:00}.{fraction}{Offset(match)}";
        if (!DateTimeOffset.TryParseExact(plain, "yyyy-MM-dd'T'HH:mm:ss.ffffffzzz", CultureInfo.InvariantCulture, DateTimeStyles.None, out var read))
        {
            return false;
        }

        time = read.ToUniversalTime();
        if (isNextDay && FieldValidation.IsTime(time))
        {
            // The check comes first, because AddDays throws at the end of .NET's calendar.
            time = time.AddDays(1);
            return FieldValidation.IsTime(time);
        }

        return !isNextDay && FieldValidation.IsTime(time);
    }

    private static int Number(Group digits) => digits.Success ? int.Parse(digits.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture) : 0;

    private static string Microseconds(string fraction) => (fraction.Length > 6 ? fraction[..6] : fraction).PadRight(6, '0');

    private static string Offset(Match match) =>
        match.Groups["sign"].Success
            ? $"{match.Groups["sign"].ValueSpan}{match.Groups["offsetHour"].ValueSpan}:{Number(match.Groups["offsetMinute"]):00}"
            : "+00:00";

    [GeneratedRegex(
        """
        ^(?<year>[0-9]{4})(?<dash>-?)(?<month>[0-9]{2})\k<dash>(?<day>[0-9]{2})
        (?:[Tt]|[ ]+)
        (?<hour>[0-9]{2})(?<colon>:?)(?<minute>[0-9]{2})(?:\k<colon>(?<second>[0-9]{2})(?:[.,](?<fraction>[0-9]{1,30}))?)?
        [ ]?(?:[Zz]|(?<sign>[+-])(?<offsetHour>[0-9]{2})(?::?(?<offsetMinute>[0-9]{2}))?)\z
        """,
        RegexOptions.CultureInvariant | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Shape();
}
