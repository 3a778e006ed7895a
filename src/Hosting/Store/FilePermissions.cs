using ExecutionGrains.Hosting.Auth.Keys;
using ExecutionGrains.Hosting.Secrets;
using ExecutionGrains.Hosting.Settings;
using ExecutionGrains.Storage;

namespace ExecutionGrains.Hosting.Store;

/// <summary>
/// Restricts the silo's files and data folder to the user that runs it. Wider modes left by an earlier version are narrowed on the silo's own files, and on
/// a data folder that the user owns and that holds such a file. Any other folder or file that other users can access is refused with an error that names
/// the command to run. Does nothing on Windows.
/// </summary>
public static class FilePermissions
{
    private const UnixFileMode OthersWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    /// <summary>Checks the data folder, the database's files and the admin key, as far as the configuration uses them. None of them needs to exist.</summary>
    /// <returns>The files and folders whose mode was narrowed, each with its old and new mode.</returns>
    /// <exception cref="StartException">
    /// Other users can access a folder that the silo did not create, another user owns a file, or a mode cannot be changed.
    /// </exception>
    public static IReadOnlyList<string> Secure(ExecutionGrainsOptions options)
    {
        if (OperatingSystem.IsWindows())
        {
            return [];
        }

        var narrowed = new List<string>();
        var data = Target(Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.DataPath)));
        var path = options.StoreProvider == "sqlite" ? Path.GetFullPath(StoreSetup.PathOf(options)) : null;
        var folder = path is null ? null : Target(Path.GetDirectoryName(path)!);
        var database = folder is null ? null : Path.Combine(folder, Path.GetFileName(path)!);
        if (Directory.Exists(data) && (folder == data || options.MasterKeyFile is null))
        {
            SecureFolder(data, IsMadeByUs(data), narrowed);
        }

        if (folder is not null && folder != data && Directory.Exists(folder))
        {
            RefuseWriters(folder);
        }

        string[] files = [Path.Combine(data, AdminKeySetup.FileName), .. database is null ? [] : FilesOf(database)];
        foreach (var file in files.Where(File.Exists))
        {
            SecureFile(file, narrowed);
        }

        return narrowed;
    }

    /// <summary>Resolves a symbolic link, because the mode of the link itself has no effect.</summary>
    private static string Target(string folder) =>
        Directory.Exists(folder) ? Directory.ResolveLinkTarget(folder, returnFinalTarget: true)?.FullName ?? folder : folder;

    /// <summary>
    /// True if this user owns the folder and a silo file in it. The mode of any other folder is not changed: it may be a home folder or one that other
    /// users need.
    /// </summary>
    private static bool IsMadeByUs(string folder) => OwnerOnly.IsOurs(folder)
        && new[] { StoreSetup.FileName, AdminKeySetup.FileName, MasterKeyFile.Name }
            .Select(name => Path.Combine(folder, name)).Any(path => File.Exists(path) && OwnerOnly.IsOurs(path));

    /// <summary>The database, its journals, its lock file, and the copies that restores left beside it.</summary>
    private static IEnumerable<string> FilesOf(string database) => Directory.Exists(Path.GetDirectoryName(database))
        ? Directory.GetFiles(Path.GetDirectoryName(database)!, Path.GetFileName(database) + "*").Where(path => IsOfTheStore(path[database.Length..]))
        : [];

    /// <summary>
    /// Whether the store wrote the file, judged by the ending after the database's name. Other files, such as an operator's copy, are not checked.
    /// </summary>
    private static bool IsOfTheStore(string ending) => ending is "" or "-wal" or "-shm" or "-journal" or ".lock" or ".holder"
        || ending.StartsWith(".before-", StringComparison.Ordinal) || ending.StartsWith(".arriving-", StringComparison.Ordinal);

    private static void SecureFolder(string path, bool isMadeByUs, List<string> narrowed)
    {
        if (OwnerOnly.OthersRights(path) == UnixFileMode.None)
        {
            return;
        }

        if (!isMadeByUs)
        {
            throw new StartException(
                $"other users can access the data folder {path} (mode {Mode(path)}), and no earlier start created it: "
                    + Advice(path, "ExecutionGrains__DataPath to a folder that does not exist yet", "executiongrains"));
        }

        Narrow(path, OwnerOnly.FolderRights, narrowed);
    }

    /// <summary>Write access to the database's folder is enough to replace the database or to hold its lock.</summary>
    private static void RefuseWriters(string folder)
    {
        if ((OwnerOnly.OthersRights(folder) & OthersWrite) != UnixFileMode.None)
        {
            throw new StartException(
                $"other users can write to {folder} (mode {Mode(folder)}), the folder of the database: "
                    + Advice(folder, "ExecutionGrains__Store__ConnectionString to a file in another folder", $"executiongrains/{StoreSetup.FileName}"));
        }
    }

    /// <summary>
    /// What to do about a folder that others can access. A folder of many users, such as /tmp, must keep its mode, and so must another user's.
    /// </summary>
    private static string Advice(string folder, string setting, string name)
    {
#pragma warning disable CA1416 // Secure returns at once on Windows.
        var isShared = File.GetUnixFileMode(folder).HasFlag(UnixFileMode.StickyBit);
#pragma warning restore CA1416
        var isOurs = OwnerOnly.IsOurs(folder);
        return isOurs && !isShared
            ? $"run «chmod 700 {folder}», or set {setting}"
            : $"it is {(isShared ? "shared by many users" : "another user's")}, so leave its mode as it is "
                + $"and set {setting}, such as {Path.Combine(folder, name)}";
    }

    private static void SecureFile(string path, List<string> narrowed)
    {
        if (!OwnerOnly.IsOurs(path))
        {
            throw new StartException($"{path} is another user's, who can change it: run «chown» and «chmod 600 {path}», or remove it");
        }

        if (OwnerOnly.OthersRights(path) != UnixFileMode.None)
        {
            Narrow(path, OwnerOnly.FileRights, narrowed);
        }
    }

    private static void Narrow(string path, UnixFileMode mode, List<string> narrowed)
    {
        var before = Mode(path);
        try
        {
#pragma warning disable CA1416 // Secure returns at once on Windows.
            File.SetUnixFileMode(path, mode);
#pragma warning restore CA1416
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new StartException(
                $"other users can access {path} (mode {before}), and its mode cannot be changed ({e.Message}): run «chmod go= {path}» as its owner");
        }

        narrowed.Add($"{path} ({before} to {Mode(path)})");
    }

#pragma warning disable CA1416 // Secure returns at once on Windows.
    private static string Mode(string path) => OwnerOnly.ModeText(path);
#pragma warning restore CA1416
}
