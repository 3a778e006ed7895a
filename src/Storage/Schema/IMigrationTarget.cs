namespace ExecutionGrains.Storage.Schema;

/// <summary>A database whose schema is migrated by one caller at a time.</summary>
internal interface IMigrationTarget
{
    /// <summary>What the database is called in an error, with its article.</summary>
    string Name { get; }

    /// <summary>The version of the schema; 0 where no migration ran.</summary>
    Task<int> VersionAsync();

    /// <summary>Runs the migration and writes its version, in one transaction.</summary>
    Task ApplyAsync(Migration migration);
}
