using ExecutionGrains.Hosting.Settings;
using ExecutionGrains.Storage;

namespace ExecutionGrains.Hosting.Secrets;

/// <summary>The file that holds the master key: <c>ExecutionGrains__Auth__MasterKeyFile</c>, or <c>master.key</c> in the data folder.</summary>
public sealed class MasterKeyFile(ExecutionGrainsOptions options)
{
    /// <summary>Default name of the file in the data folder.</summary>
    public const string Name = "master.key";

    private const string Setting = "ExecutionGrains__Auth__MasterKeyFile";
    private const string Command = "openssl rand -base64 32";
    private const UnixFileMode GroupRead = UnixFileMode.GroupRead;

    public string Path { get; } = options.MasterKeyFile ?? System.IO.Path.Combine(options.DataPath, Name);

    public bool Exists => File.Exists(Path);

    /// <exception cref="StartException">Other users can read or own the file, or it does not contain a key.</exception>
    public MasterKey Read()
    {
        CheckRights();
        return MasterKey.Parse(File.ReadAllText(Path))
            ?? throw new StartException($"{Path} ({Setting}) holds no master key: it must be one line of 32 bytes in base64, as «{Command}» prints it");
    }

    /// <summary>Creates the file atomically with mode 0600. If another silo has created it meanwhile, reads that silo's key.</summary>
    /// <returns>The key, and whether this call made it.</returns>
    public (MasterKey Key, bool IsNew) Make()
    {
        OwnerOnly.MakeFolder(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!);
        var key = MasterKey.New();
        var part = $"{Path}.{Guid.NewGuid():N}.part";
        try
        {
            using (var writer = new StreamWriter(OwnerOnly.Open(part, FileMode.CreateNew, FileAccess.Write)))
            {
                writer.WriteLine(key.Text());
                writer.Flush();
                ((FileStream)writer.BaseStream).Flush(flushToDisk: true);
            }

            File.Move(part, Path, overwrite: false);
            return (key, true);
        }
        catch (IOException) when (Exists)
        {
            return (Read(), false);
        }
        finally
        {
            File.Delete(part);
        }
    }

    /// <summary>Deletes a file that <see cref="Make"/> created, if no secret was wrapped with its key.</summary>
    public void Remove() => File.Delete(Path);

    /// <summary>The error for a store with wrapped secrets when the file does not exist.</summary>
    public StartException Missing() => new(
        $"the secrets in this store are wrapped, and {Path} is not there: "
        + $"put the master key file of this store there, or name it with {Setting}. If it is lost for good, "
        + "«secrets reset» makes new secrets (docs/operating.md)");

    /// <summary>The error for a store whose secrets were wrapped by another master key.</summary>
    public StartException Wrong() => new(
        $"{Path} is not the master key file of this store: "
        + $"put the right one there, or name it with {Setting}; all silos of a store share one. If it is lost for good, "
        + "«secrets reset» makes new secrets (docs/operating.md)");

    /// <summary>
    /// Applies the rules of PostgreSQL for its key file: owned by this user or root without access for others, or owned by root and readable by the group,
    /// which is how orchestrators mount secrets.
    /// </summary>
    private void CheckRights()
    {
        var others = OwnerOnly.OthersRights(Path);
        if (others == UnixFileMode.None && (OwnerOnly.IsOurs(Path) || OwnerOnly.OwnerOf(Path) == 0))
        {
            return;
        }

        if (!OperatingSystem.IsWindows() && !(others == GroupRead && OwnerOnly.OwnerOf(Path) == 0))
        {
            throw new StartException(
                $"another user can read or owns {Path} (mode {OwnerOnly.ModeText(Path)}), the master key: run «chown» and «chmod 600 {Path}»; "
                + "if another user may have read it, run «secrets rotate» afterwards");
        }
    }
}
