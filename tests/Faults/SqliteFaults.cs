using Microsoft.Data.Sqlite;
using Xunit;

namespace ExecutionGrains.Faults;

[Collection("Waiting")]
public sealed class SqliteFaults : ProcessFaults
{
    [Fact]
    public async Task S45_with_a_full_disk_reports_are_answered_retry_and_the_file_stays_intact()
    {
        Assert.SkipUnless(Disk.HasNamespaces, "This machine lets nobody have a mount namespace: no small disk for one process.");
        // A file system of 24 MiB in a mount namespace of the silo; the test fills it from outside.
        var mount = Directory.CreateTempSubdirectory("eg-full-");
        await using var silo = await SiloProcess.StartAsync(
            Settings with { DataPath = mount.FullName },
            "unshare", "--map-root-user", "--mount", "sh", "-c", $"mount -t tmpfs -o size=24m,mode=0700 tmpfs {mount.FullName} && exec \"$@\"", "sh");
        var inside = $"/proc/{silo.Id}/root{mount.FullName}";
        using var api = new TrackerApi(silo.Address);
        var book = new Acknowledged();
        await using var workers = new Workers([api], book);
        await workers.StartAsync(50, TimeSpan.FromSeconds(30), TimeSpan.FromMilliseconds(200));
        await RoundsAsync(book, 300);

        var filler = Path.Combine(inside, "filler");
        Disk.FillUp(filler);
        var before = workers.SentAgain;
        await UntilAsync(() => Task.FromResult(workers.SentAgain > before + 100), TimeSpan.FromMinutes(5));
        var refused = await api.TryPostAsync("/v1/executions", """{"executionId":"one-more","workflow":"load"}""");
        Assert.Equal(503, refused?.Status);
        Assert.Equal("store_unavailable", refused?.Body.GetProperty("code").GetString());
        File.Delete(filler);

        await RoundsAsync(book, 300);
        await workers.FinishAsync();
        Assert.Empty(workers.Surprises);
        Assert.Equal(50, await api.CountAsync("succeeded"));
        Assert.Empty(await book.DifferencesAsync(api));
        Assert.Equal("ok", IntegrityOfCopy(silo, inside));
    }

    /// <summary>
    /// SQLite resolves every link of a path, and the link to another process's root resolves to our own root. So this checks a copy of the file and its log,
    /// taken while the silo is frozen.
    /// </summary>
    private string? IntegrityOfCopy(SiloProcess silo, string folder)
    {
        silo.Freeze();
        foreach (var file in new[] { "executiongrains.db", "executiongrains.db-wal" })
        {
            File.Copy(Path.Combine(folder, file), Path.Combine(Settings.DataPath, file));
        }

        silo.Thaw();
        return IntegrityOf(Path.Combine(Settings.DataPath, "executiongrains.db"));
    }

    private static string? IntegrityOf(string file)
    {
        SQLitePCL.Batteries_V2.Init();
        using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        using var check = connection.CreateCommand();
        check.CommandText = "pragma integrity_check";
        return (string?)check.ExecuteScalar();
    }
}
