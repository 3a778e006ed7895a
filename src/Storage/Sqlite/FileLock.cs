using System.Globalization;

namespace ExecutionGrains.Storage.Sqlite;

/// <summary>
/// One silo per file: an OS lock beside the database, gone with the process that holds it. A second file names the holder. Both are their owner's only: who
/// can open a lock file
/// can hold it.
/// </summary>
internal sealed class FileLock : IDisposable
{
    private readonly FileStream held;
    private readonly string holderPath;

    /// <summary>Makes the directory where there is none (mode 0700), and takes the lock.</summary>
    /// <exception cref="StoreException">Another silo holds it, or the disk does not let it be taken; the message says which.</exception>
    public FileLock(string databasePath, DateTimeOffset now)
    {
        var path = databasePath + ".lock";
        holderPath = databasePath + ".holder";
        held = Try(path, () =>
        {
            OwnerOnly.MakeFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
            return OwnerOnly.Open(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        });
        try
        {
            // Beside the lock, not in it: some systems let nobody read a locked file.
            var since = now.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
            var holder = $"process {Environment.ProcessId} on {Environment.MachineName} since {since}";
            Try(holderPath, () =>
            {
                using var writer = new StreamWriter(OwnerOnly.Open(holderPath, FileMode.Create, FileAccess.Write));
                writer.Write(holder);
                return true;
            });
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        File.Delete(holderPath);
        held.Dispose();
    }

    private T Try<T>(string path, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (IOException e) when (IsHeld(e))
        {
            throw Failure($"{path} is held by {Holder()}.", transient: true, e);
        }
        catch (IOException e)
        {
            throw Failure($"{path}: {e.Message}", transient: false, e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw Failure($"{path} may not be written by {Environment.UserName}: {e.Message}", transient: false, e);
        }
    }

    /// <summary>A sharing violation; on Unix the number is the error of flock that a lock of somebody else's gives.</summary>
    private static bool IsHeld(IOException e)
    {
        const int sharingViolation = unchecked((int)0x80070020);
        const int wouldBlock = 11;
        const int wouldBlockOnMac = 35;
        return e.HResult == (OperatingSystem.IsWindows() ? sharingViolation : OperatingSystem.IsMacOS() ? wouldBlockOnMac : wouldBlock);
    }

    private static StoreException Failure(string reason, bool transient, Exception e) => new("open the database", reason, transient, e);

    private string Holder()
    {
        try
        {
            return File.ReadAllText(holderPath);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "another silo";
        }
    }
}
