using System.Globalization;
using System.Reflection;

namespace ExecutionGrains.Bench;

/// <summary>The SQL files that fill a store with executions, in order.</summary>
internal static class SeedScripts
{
    private static readonly Assembly Here = typeof(SeedScripts).Assembly;

    public static IEnumerable<(string Name, string Sql)> Of(string store, int executions, DateTimeOffset now)
    {
        var micros = (now - DateTimeOffset.UnixEpoch).Ticks / 10;
        return Here.GetManifestResourceNames()
            .Where(n => n.StartsWith($"{store}/seed-", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(n => (n, Read(n)
            .Replace("{count}", executions.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("{now}", micros.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)));
    }

    public static string Read(string store, string name) => Read($"{store}/{name}");

    public static string Read(string resource)
    {
        using var reader = new StreamReader(Here.GetManifestResourceStream(resource)!);
        return reader.ReadToEnd();
    }
}
