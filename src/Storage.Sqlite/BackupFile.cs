namespace ExecutionGrains.Storage.Sqlite;

/// <summary>A finished backup or restored copy of a database.</summary>
/// <param name="Schema">Version of its schema.</param>
/// <param name="Took">Time from the first byte to the rename to its final name.</param>
public sealed record BackupFile(string Path, int Schema, long Bytes, TimeSpan Took);
