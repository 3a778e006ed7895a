namespace ExecutionGrains.Storage.Sqlite;

/// <summary>A copy that was made.</summary>
/// <param name="Schema">The version of its schema.</param>
/// <param name="Took">From the first byte to the name.</param>
public sealed record BackupFile(string Path, int Schema, long Bytes, TimeSpan Took);
