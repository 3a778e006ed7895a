using System.Collections.Concurrent;
using System.Reflection;

namespace ExecutionGrains.Storage.Sqlite.Statements;

/// <summary>The queries of the embedded .sql files, by name.</summary>
internal static class SqlText
{
    private static readonly Assembly Home = typeof(SqlText).Assembly;
    private static readonly ConcurrentDictionary<string, string> Texts = new(StringComparer.Ordinal);

    public static string Query(string name) => Texts.GetOrAdd(name, n => Read($"sql/{n}"));

    /// <summary>Version and text of all migrations, in ascending order.</summary>
    public static IReadOnlyList<(int Version, string Text)> Migrations() =>
        [.. from name in Home.GetManifestResourceNames()
            where name.StartsWith("migrations/", StringComparison.Ordinal)
            let version = int.Parse(name["migrations/".Length..].Split('-')[0])
            orderby version
            select (version, Read(name))];

    private static string Read(string resource)
    {
        using var stream = Home.GetManifestResourceStream(resource) ?? throw new InvalidOperationException($"There is no query {resource}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
