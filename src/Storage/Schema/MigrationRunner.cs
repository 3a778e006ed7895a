namespace ExecutionGrains.Storage.Schema;

/// <summary>Brings a schema up to date.</summary>
internal static class MigrationRunner
{
    /// <summary>Applies the migrations that the schema does not have yet, in order.</summary>
    /// <exception cref="StoreException">The schema is newer than the migrations.</exception>
    public static async Task RunAsync(IMigrationTarget target, IReadOnlyList<Migration> migrations)
    {
        var known = migrations.Max(m => m.Version);
        var current = await target.VersionAsync().ConfigureAwait(false);
        if (current > known)
        {
            throw new StoreException(
                "migrate the schema", $"{target.Name} has schema {current}, but this program knows up to {known}. Start a newer program.", transient: false);
        }

        foreach (var migration in migrations.Where(m => m.Version > current))
        {
            await target.ApplyAsync(migration).ConfigureAwait(false);
        }
    }
}
