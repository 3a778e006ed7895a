using System.Globalization;

namespace ExecutionGrains.Storage.Sqlite;

/// <summary>One silo per file: an OS lock beside the database, gone with the process that holds it. A second file names the holder.</summary>
internal sealed class FileLock : IDisposable
{
    private readonly FileStream held;
    private readonly string holderPath;

    /// <exception cref="StoreException">Another silo holds it; the message says which.</exception>
    public FileLock(string databasePath, DateTimeOffset now)
    {
        var path = databasePath + ".lock";
        holderPath = databasePath + ".holder";
        try
        {
            held = new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new StoreException("open the database", $"{databasePath} is held by {Holder()}.", transient: true, e);
        }

        // Beside the lock, not in it: some systems let nobody read a locked file.
        var since = now.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        File.WriteAllText(holderPath, $"process {Environment.ProcessId} on {Environment.MachineName} since {since}");
    }

    public void Dispose()
    {
        File.Delete(holderPath);
        held.Dispose();
    }

    private string Holder()
    {
        try
        {
            return File.ReadAllText(holderPath);
        }
        catch (IOException)
        {
            return "another silo";
        }
    }
}
