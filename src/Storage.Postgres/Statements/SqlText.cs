using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using ExecutionGrains.Storage.Postgres.Commits;
using ExecutionGrains.Storage.Serialization;

namespace ExecutionGrains.Storage.Postgres.Statements;

/// <summary>The queries of the embedded .sql files, by name.</summary>
internal static class SqlText
{
    private static readonly Assembly Home = typeof(SqlText).Assembly;
    private static readonly ConcurrentDictionary<string, string> Texts = new(StringComparer.Ordinal);
    private static readonly ConcurrentDictionary<(string Name, long Day, UpdateParts Parts), string> DayTexts = new();

    public static string Query(string name) => Texts.GetOrAdd(name, n => Read($"sql/{n}"));

    /// <summary>A query for one day that names the day's partitions. Through the parent table, an update would open all partitions.</summary>
    /// <param name="parts">The optional parts to include.</param>
    public static string OfDay(string name, long day, UpdateParts parts = UpdateParts.None)
    {
        if (DayTexts.Count > 5_000)
        {
            DayTexts.Clear();
        }

        return DayTexts.GetOrAdd((name, day, parts), static key => Having(key.Parts, Query(key.Name))
            .Replace("{day}", Suffix(key.Day))
            .Replace("{number}", key.Day.ToString(CultureInfo.InvariantCulture))
            .Replace("{next}", (key.Day + 1).ToString(CultureInfo.InvariantCulture)));
    }

    /// <summary>Version and text of all migrations, in ascending order.</summary>
    public static IReadOnlyList<(int Version, string Text)> Migrations() =>
        [.. from name in Home.GetManifestResourceNames()
            where name.StartsWith("migrations/", StringComparison.Ordinal)
            let version = int.Parse(name["migrations/".Length..].Split('-')[0])
            orderby version
            select (version, Read(name))];

    /// <summary>The day in the names of partitions, such as 20260301.</summary>
    private static string Suffix(long day) =>
        UnixMicroseconds.ToTime(day * UnixMicroseconds.PerDay).UtcDateTime.ToString("yyyyMMdd", CultureInfo.InvariantCulture);

    private static string Having(UpdateParts parts, string text)
    {
        var lines = new List<string>();
        var has = true;
        foreach (var line in text.Split('\n'))
        {
            var (begins, ends) = (line.EndsWith(" {", StringComparison.Ordinal), line.EndsWith("-- }", StringComparison.Ordinal));
            has = ends || (begins ? parts.HasFlag(Enum.Parse<UpdateParts>(line.Trim('-', ' ', '{'), ignoreCase: true)) : has);
            if (has && !begins && !ends)
            {
                lines.Add(line);
            }
        }

        return string.Join('\n', lines);
    }

    private static string Read(string resource)
    {
        using var stream = Home.GetManifestResourceStream(resource) ?? throw new InvalidOperationException($"There is no query {resource}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
