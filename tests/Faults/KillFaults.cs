using ExecutionGrains.Testing;
using Xunit;

namespace ExecutionGrains.Faults;

/// <summary>Silos that are killed under a thousand workers, on each store.</summary>
public sealed class KillFaults : IDisposable
{
    private const int Executions = 1_000;
    private static readonly TimeSpan Lease = ProcessFaults.Lease;
    private static readonly TimeSpan Pace = ProcessFaults.Pace;
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("eg-faults-");

    public void Dispose() => _data.Delete(recursive: true);

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task S30_a_silo_killed_with_1000_live_executions_loses_none_of_them_and_no_acknowledged_event(string store)
    {
        await using var server = store == "postgres" ? await PostgresServer.StartAsync(durable: true) : null;
        await using var silo = await SiloProcess.StartAsync(
            new SiloSettings(_data.FullName) { Store = server is null ? new Dictionary<string, string>() : PostgresFaults.At(await server.DatabaseAsync()) });
        using var api = new TrackerApi(silo.Address);
        var book = new Acknowledged();
        await using var workers = new Workers([api], book);
        await workers.StartAsync(Executions, Lease, Pace);
        await ProcessFaults.RoundsAsync(book, 2 * Executions);
        await silo.KillAsync();
        await silo.StartAgainAsync();

        await ProcessFaults.RoundsAsync(book, 2 * Executions);
        await silo.KillAsync();
        workers.Cut();
        await ProcessFaults.Outage(2 * Lease);
        await silo.StartAgainAsync();
        await ProcessFaults.Outage(Lease / 2);
        workers.Mend();

        // Longer than the lease: an execution that a kill would make lost is lost by now.
        await ProcessFaults.RoundsAsync(book, 2 * Executions * (int)Math.Ceiling(3 * Lease / Pace));
        var lost = await api.CountAsync("lost");
        Assert.True(
            lost == 0,
            $"{lost} are lost; the longest that a worker did not send was {workers.SilenceMax.TotalSeconds:0.0} s of a lease of {Lease.TotalSeconds:0} s");
        await workers.FinishAsync();

        Assert.Empty(workers.Surprises);
        Assert.True(workers.SentAgain > 0, "Nobody was in the middle of a report when the silo was killed.");
        Assert.Equal(Executions, await api.CountAsync("succeeded"));
        Assert.Empty(await book.DifferencesAsync(api));
    }
}
