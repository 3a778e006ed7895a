using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;

namespace ExecutionGrains.Storage.Sqlite;

/// <summary>
/// Backup and restore of a database file. A backup reads beside a silo that writes: it is the database of one moment, and the silo does not wait for it (its log of writes grows until the
/// backup is done). Every copy is marked as one, so that the silo that starts on it fences what was alive (decision 8).
/// </summary>
public static class SqliteBackup
{
    /// <summary>Between the name of the database and the time of the restore, in the name of a copy that is whole and not in its place yet.</summary>
    private const string Arriving = ".arriving-";

    /// <summary>Copies the database to a file that is not there yet, for its owner's eyes only: it holds the keys. It gets its name once it is whole, marked, checked and on disk.</summary>
    /// <exception cref="StoreException">There is no database, the copy's file exists, or a disk does not do it. The message says which; no half copy is left.</exception>
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
    /// Puts a copy in the place of the database, which is kept beside it. No silo may run on it. If the process ends in the middle, the next start of a silo
    /// finishes the restore (<see cref="FinishRestore"/>).
    /// </summary>
    /// <returns>Where the database of before is; null where there was none.</returns>
    /// <exception cref="StoreException">A silo runs, the backup is none, or a disk does not do it; the message says which.</exception>
    public static string? Restore(string backupPath, string path, DateTimeOffset now)
    {
        using var held = new FileLock(path, now);
        FinishRestore(path);
        var arriving = path + Arriving + now.UtcDateTime.ToString("yyyyMMddTHHmmssZ", CultureInfo.InvariantCulture);
        Copy("restore", backupPath, arriving);
        return Tried("restore", path, () => Replace(path, arriving));
    }

    /// <summary>Finishes a restore that was cut short once its copy was whole; nothing otherwise. The caller holds the lock of the file.</summary>
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
    /// Keeps the database under the time that the copy's name ends with, so that a second try keeps the rest of it under the same name. The log goes first and
    /// belongs to it: what was written last is in there, and the new database would take it for its own.
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

    /// <returns>The schema's version.</returns>
    private static int Fill(string part, string path, string operation)
    {
        using (var source = new Session(path, "busy_timeout = 5000", "query_only = on"))
        using (var copy = new Session(part))
        {
            if (source["schema-version-exists"].One(row => row.Long(0)) == 0)
            {
                throw new StoreException(operation, $"{path} is no database of ExecutionGrains.", transient: false);
            }

            source.CopyTo(copy);
        }

        // One file: what would follow in a log beside it would be left behind when the copy moves.
        using var marked = new Session(part, "journal_mode = delete", "synchronous = full");
        marked["setting-write"].Text(RestoreMark.Setting).Blob(Encoding.ASCII.GetBytes(RestoreMark.New())).Run();
        var found = marked.Filled("pragma quick_check(1)").One(row => row.Text(0));
        return found == "ok" ? Migration.Current(marked) : throw new StoreException(operation, $"{path} is damaged: {found}", transient: false);
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
