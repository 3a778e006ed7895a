using System.Globalization;
using System.Reflection;
using ExecutionGrains.Storage.Statements;

namespace ExecutionGrains.Storage.Schema;

/// <summary>One step of a store's schema. Its file is named by its version: <c>0001-initial.sql</c>.</summary>
internal sealed record Migration(int Version, string Text)
{
    private const string Folder = "migrations/";

    /// <summary>All migrations in a store's assembly, ascending.</summary>
    public static IReadOnlyList<Migration> All(Assembly store) =>
        [.. from resource in store.GetManifestResourceNames()
            where resource.StartsWith(Folder, StringComparison.Ordinal)
            let version = int.Parse(resource[Folder.Length..].Split('-')[0], CultureInfo.InvariantCulture)
            orderby version
            select new Migration(version, SqlStatements.Read(store, resource))];
}
