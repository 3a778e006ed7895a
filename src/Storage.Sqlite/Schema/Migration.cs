using ExecutionGrains.Storage.Sqlite.Statements;

namespace ExecutionGrains.Storage.Sqlite.Schema;

/// <summary>Updates the schema. Each migration runs in one transaction with its row in schema_version.</summary>
internal static class Migration
{
    /// <returns>The version of the schema.</returns>
    /// <exception cref="StoreException">The schema is newer than the migrations.</exception>
    public static int Apply(Session session, IReadOnlyList<(int Version, string Text)> migrations, DateTimeOffset now)
    {
        session.Execute(SqlText.Query("schema-version-create"));
        var known = migrations.Max(m => m.Version);
        var current = Current(session);
        if (current > known)
        {
            throw new StoreException(
                "migrate the schema", $"the file has schema {current}, but this program knows up to {known}. Start a newer program.", transient: false);
        }

        session.DefineFacets();
        foreach (var (version, text) in migrations.Where(m => m.Version > current))
        {
            session.InTransaction(s =>
            {
                s.Execute(text);
                return s["schema-version-write"].Int(version).Time(now).Run();
            });
        }

        return known;
    }

    /// <summary>The schema version. 0: no migration has run.</summary>
    public static int Current(Session session) => session["schema-version-read"].One(row => (int)row.Long(0));
}
