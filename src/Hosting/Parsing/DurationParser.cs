using System.Globalization;

namespace ExecutionGrains.Hosting.Parsing;

/// <summary>Parses durations of settings and requests.</summary>
public static class DurationParser
{
    /// <summary>
    /// Parses <c>hh:mm:ss</c> with up to six digits of hours, and <c>d.hh:mm:ss</c>. <see cref="TimeSpan"/>'s own parser would read 24:00:00, and also 24, as
    /// 24 days.
    /// </summary>
    public static bool TryParse(string text, out TimeSpan time)
    {
        time = default;
        if (text.Split(':') is not [{ Length: <= 6 } first, var minutes, var seconds])
        {
            return false;
        }

        if (!int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var hours))
        {
            return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out time);
        }

        var isTime = TimeSpan.TryParse($"00:{minutes}:{seconds}", CultureInfo.InvariantCulture, out var rest);
        time = TimeSpan.FromHours(hours) + rest;
        return isTime;
    }
}
