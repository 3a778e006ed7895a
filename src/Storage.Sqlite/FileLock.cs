using System.Globalization;

namespace ExecutionGrains.Storage.Sqlite;

/// <summary>
/// Allows one silo per file: an OS lock on a file beside the database, released when its process ends. A second file names the holder. Both are accessible to
/// their owner only, because any process that can open a lock file can lock it.
/// </summary>
internal sealed class FileLock : IDisposable
{
    private readonly FileStream held;
    private readonly string holderPath;

    /// <summary>Creates a missing directory with mode 0700 and takes the lock.</summary>
    /// <exception cref="StoreException">Another silo holds the lock, or the file system refuses it. The message says which.</exception>
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
            // In a file of its own, because some systems do not let other processes read a locked file.
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

    /// <summary>Whether the error is a sharing violation. On Unix its number is the error of flock when another process holds the lock.</summary>
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
