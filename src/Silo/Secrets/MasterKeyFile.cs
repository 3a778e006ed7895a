using ExecutionGrains.Silo.Hosting;
using ExecutionGrains.Storage;

namespace ExecutionGrains.Silo.Secrets;

/// <summary>The file that holds the master key: <c>ExecutionGrains__Auth__MasterKeyFile</c>, or <c>master.key</c> in the data folder.</summary>
public sealed class MasterKeyFile(SiloOptions options)
{
    /// <summary>Its name in the data folder.</summary>
    public const string Name = "master.key";

    private const string Setting = "ExecutionGrains__Auth__MasterKeyFile";
    private const string Command = "openssl rand -base64 32";
    private const UnixFileMode GroupRead = UnixFileMode.GroupRead;

    public string Path { get; } = options.MasterKeyFile ?? System.IO.Path.Combine(options.DataPath, Name);

    public bool Exists => File.Exists(Path);

    /// <exception cref="StartException">Others may read the file, or it holds no key.</exception>
    public MasterKey Read()
    {
        CheckRights();
        return MasterKey.Parse(File.ReadAllText(Path))
            ?? throw new StartException($"{Path} ({Setting}) holds no master key: it must be one line of 32 bytes in base64, as «{Command}» prints it");
    }

    /// <summary>Makes the file, mode 0600, in one step; where another silo was first, its key is read.</summary>
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

    /// <summary>Takes back a file that <see cref="Make"/> made and nothing was wrapped with.</summary>
    public void Remove() => File.Delete(Path);

    /// <summary>Why a store whose secrets are wrapped cannot be used without the file.</summary>
    public StartException Missing() => new(
        $"the secrets in this store are wrapped, and {Path} is not there: "
        + $"put the master key file of this store there, or name it with {Setting}. If it is lost for good, "
        + "«secrets reset» makes new secrets (docs/operating.md)");

    public StartException Wrong() => new(
        $"{Path} is not the master key file of this store: "
        + $"put the right one there, or name it with {Setting}; all silos of a store share one. If it is lost for good, "
        + "«secrets reset» makes new secrets (docs/operating.md)");

    /// <summary>As PostgreSQL asks of its key file: ours and nobody else's, or root's and readable for our group, as orchestrators mount secrets.</summary>
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
                $"others may read or own {Path} (mode {OwnerOnly.ModeText(Path)}), the master key: make it your own and run «chmod 600 {Path}»; "
                + "if it may have been read, run «secrets rotate» afterwards");
        }
    }
}
