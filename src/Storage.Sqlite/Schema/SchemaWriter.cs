using ExecutionGrains.Storage.Schema;
using ExecutionGrains.Storage.Sqlite.Commits;
using ExecutionGrains.Storage.Sqlite.Statements;
using ExecutionGrains.Storage.Statements;

namespace ExecutionGrains.Storage.Sqlite.Schema;

/// <summary>Migrates the schema of a file on the thread that writes.</summary>
internal sealed class SchemaWriter(WriterThread writer, DateTimeOffset now) : IMigrationTarget
{
    private const string Operation = "migrate the schema";

    public string Name => "the file";

    /// <summary>Makes the table of versions if it is missing. The version; 0 where no migration ran.</summary>
    public Task<int> VersionAsync() => writer.RunAsync(Operation, session =>
    {
        session["CreateSchemaVersion"].Run();
        session.DefineFacets();
        return Version(session);
    });

    public Task ApplyAsync(Migration migration) => writer.RunAsync(Operation, session => session.InTransaction(s =>
    {
        s.Execute(migration.Text);
        return s["WriteSchemaVersion"].Int("version", migration.Version).Time("applied_at", now).Run();
    }));

    /// <summary>The version of a file whose table of versions is there; 0 where no migration ran.</summary>
    public static int Version(Session session) => session["ReadSchemaVersion"].One(row => (int)row.Long(0));
}
