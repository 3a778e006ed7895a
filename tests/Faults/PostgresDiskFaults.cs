using ExecutionGrains.Testing;
using Xunit;

namespace ExecutionGrains.Faults;

/// <summary>S45 on the disk of the database server.</summary>
public sealed class PostgresDiskFaults : IDisposable
{
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("eg-full-");
    private readonly DirectoryInfo _disk = Directory.CreateTempSubdirectory("eg-disk-");

    public void Dispose()
    {
        Disk.Unmount(_disk.FullName);
        _disk.Delete(recursive: true);
        _data.Delete(recursive: true);
    }

    [Fact]
    public async Task S45_with_a_full_server_disk_reports_are_answered_retry_and_nothing_acknowledged_is_lost()
    {
        Assert.SkipUnless(Disk.TryMount(_disk.FullName, "256m"), "Mounting a small file system needs root.");
        await using var server = await PostgresServer.StartAsync(durable: true, Path.Combine(_disk.FullName, "server"));
        await using var silo = await SiloProcess.StartAsync(new SiloSettings(_data.FullName) { Store = PostgresFaults.At(await server.DatabaseAsync()) });
        using var api = new TrackerApi(silo.Address);
        var book = new Acknowledged();
        await using var workers = new Workers([api], book);
        await workers.StartAsync(50, TimeSpan.FromSeconds(30), TimeSpan.FromMilliseconds(50));
        await ProcessFaults.RoundsAsync(book, 300);

        var filler = Path.Combine(_disk.FullName, "filler");
        Disk.FillUp(filler);
        // The server uses the space that its log has preallocated, until it needs more.
        await ProcessFaults.UntilAsync(() => Task.FromResult(workers.SentAgain > 100), TimeSpan.FromMinutes(5));
        File.Delete(filler);
        if (!await server.AnswersAsync())
        {
            // A server that cannot write its log ends itself; its operator restarts it.
            await server.StartAgainAsync();
        }

        await ProcessFaults.RoundsAsync(book, 300);
        await workers.FinishAsync();
        Assert.Empty(workers.Surprises);
        Assert.Equal(50, await api.CountAsync("succeeded"));
        Assert.Empty(await book.DifferencesAsync(api));
    }
}
