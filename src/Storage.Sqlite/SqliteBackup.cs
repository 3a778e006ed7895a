using System.Diagnostics;
using System.Globalization;
using System.Text;
using ExecutionGrains.Storage.Sqlite.Schema;
using ExecutionGrains.Storage.Sqlite.Statements;
using ExecutionGrains.Storage.Statements;
using Microsoft.Data.Sqlite;

namespace ExecutionGrains.Storage.Sqlite;

/// <summary>
/// Backup and restore of a database file. A backup is a snapshot taken while a silo may write; the silo does not wait for it, but its write-ahead log grows
/// until the backup is done. Every copy is marked, so that a silo that starts on it fences the executions that were live (decision 8).
/// </summary>
public static class SqliteBackup
{
    /// <summary>Part of the name of a complete copy that is not yet in place, between the database's name and the time of the restore.</summary>
    private const string Arriving = ".arriving-";

    /// <summary>
    /// Copies the database to a new file that only its owner can access, because it contains API keys. The file gets its final name when it is complete,
    /// marked, checked and synced.
    /// </summary>
    /// <exception cref="StoreException">
    /// There is no database, the copy's file exists, or a disk operation failed. The message says which. No partial copy is left.
    /// </exception>
    public static BackupFile Take(string path, string copyPath)
    {
        const string operation = "back up";
        if (Path.Exists(copyPath))
        {
            throw new StoreException(operation, $"{copyPath} exists, and a backup overwrites nothing.", transient: false);
        }

        return Copy(operation, path, copyPath);
    }

    /// <summary>
    /// Replaces the database by a copy and keeps the old database beside it. No silo may run on it. If the process dies in the middle, the next start of a
    /// silo finishes the restore (<see cref="FinishRestore"/>).
    /// </summary>
    /// <returns>Path of the old database. Null: there was none.</returns>
    /// <exception cref="StoreException">A silo runs, the file is not a backup, or a disk operation failed. The message says which.</exception>
    public static string? Restore(string backupPath, string path, DateTimeOffset now)
    {
        using var held = new FileLock(path, now);
        FinishRestore(path);
        var arriving = path + Arriving + now.UtcDateTime.ToString("yyyyMMddTHHmmssZ", CultureInfo.InvariantCulture);
        Copy("restore", backupPath, arriving);
        return Tried("restore", path, () => Replace(path, arriving));
    }

    /// <summary>Finishes a restore that was interrupted after its copy was complete. Otherwise does nothing. The caller must hold the file's lock.</summary>
    internal static void FinishRestore(string path) => Tried("finish a restore", path, () =>
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var pattern = Path.GetFileName(path) + Arriving + "*Z";
        foreach (var arriving in Directory.EnumerateFiles(folder, pattern).Order(StringComparer.Ordinal).ToArray())
        {
            Replace(path, arriving);
        }

        return true;
    });

    /// <summary>
    /// Renames the old database to a name with the time from the copy's name, so that a retry uses the same name for the rest of its files. Its log is moved
    /// first: it holds the newest writes, and the new database would take it for its own.
    /// </summary>
    private static string? Replace(string path, string arriving)
    {
        var kept = $"{path}.before-{arriving[(path.Length + Arriving.Length)..]}";
        foreach (var ending in new[] { "-wal", "-shm", string.Empty })
        {
            if (File.Exists(path + ending))
            {
                File.Move(path + ending, kept + ending, overwrite: true);
            }
        }

        File.Move(arriving, path);
        return File.Exists(kept) ? kept : null;
    }

    private static BackupFile Copy(string operation, string path, string copyPath)
    {
        if (!File.Exists(path))
        {
            throw new StoreException(operation, $"{path} is not there.", transient: false);
        }

        var began = Stopwatch.GetTimestamp();
        var part = $"{copyPath}.{Environment.ProcessId}.part";
        try
        {
            return Tried(operation, copyPath, () =>
            {
                Make(part);
                var schema = Fill(part, path, operation);
                using (var file = File.OpenHandle(part, FileMode.Open, FileAccess.ReadWrite))
                {
                    RandomAccess.FlushToDisk(file);
                }

                File.Move(part, copyPath, overwrite: true);
                return new BackupFile(copyPath, schema, new FileInfo(copyPath).Length, Stopwatch.GetElapsedTime(began));
            });
        }
        finally
        {
            foreach (var left in new[] { part, part + "-journal" }.Where(File.Exists))
            {
                File.Delete(left);
            }
        }
    }

    /// <returns>The version of the schema.</returns>
    private static int Fill(string part, string path, string operation)
    {
        using (var source = new Session(path, "busy_timeout = 5000", "query_only = on"))
        using (var copy = new Session(part))
        {
            if (source["HasSchemaVersion"].One(row => row.Long(0)) == 0)
            {
                throw new StoreException(operation, $"{path} is not an ExecutionGrains database.", transient: false);
            }

            source.CopyTo(copy);
        }

        // Without a write-ahead log: a log beside the copy would be left behind when the copy is renamed.
        using var marked = new Session(part, "journal_mode = delete", "synchronous = full");
        marked["WriteSetting"].Text("name", RestoreMark.Setting).Blob("value", Encoding.ASCII.GetBytes(RestoreMark.New())).Run();
        var found = marked.Filled("pragma quick_check(1)").One(row => row.Text(0));
        return found == "ok" ? SchemaWriter.Version(marked) : throw new StoreException(operation, $"{path} is damaged: {found}", transient: false);
    }

    private static void Make(string part)
    {
        OwnerOnly.Open(part, FileMode.Create, FileAccess.Write).Dispose();
    }

    private static T Tried<T>(string operation, string path, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (SqliteException e)
        {
            throw SqliteFailure.ToStoreException(operation, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(operation, $"{path}: {e.Message}", transient: false, e);
        }
    }
}
