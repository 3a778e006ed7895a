using System.Diagnostics;
using System.Text.Json;
using ExecutionGrains.Testing;
using Xunit;

namespace ExecutionGrains.Faults;

/// <summary>A silo stops when told to, whatever state its store is in.</summary>
[Collection("Waiting")]
public sealed class StopFaults : IAsyncLifetime
{
    /// <summary>Less than the time that <c>deploy/</c> gives it before a kill.</summary>
    private static readonly TimeSpan StopMax = TimeSpan.FromSeconds(40);

    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("eg-faults-");
    private PostgresServer? _server;

    public async ValueTask InitializeAsync() => _server = await PostgresServer.StartAsync(durable: true);

    public async ValueTask DisposeAsync()
    {
        await _server!.DisposeAsync();
        _data.Delete(recursive: true);
    }

    [Fact]
    public async Task A_silo_stops_without_a_stack_trace()
    {
        await using var silo = await StartAsync();

        var code = await silo.StopAsync(StopMax);

        Assert.Equal(0, code);
        AssertNoTrace(silo.Output);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_silo_whose_store_is_unavailable_stops_in_time_and_without_a_stack_trace(bool silent)
    {
        await using var silo = await StartAsync();
        using var api = new TrackerApi(silo.Address, TimeSpan.FromMinutes(2));
        await api.TryPostAsync("/v1/executions", """{"executionId":"x","workflow":"load","start":{"workerId":"w"}}""");
        // By then the silo has started all its background work.
        await ProcessFaults.UntilAsync(
            async () => (await api.GetAsync("/v1/cluster")).GetProperty("janitor").GetProperty("lastSweep").ValueKind != JsonValueKind.Null, StopMax);
        await (silent ? _server!.FreezeAsync() : _server!.StopAsync());
        try
        {
            // A caller waits for an answer.
            var report = api.TryPostAsync("/v1/executions/x/events", """{"epoch":1,"events":[{"type":"log","eventId":"e1","message":"m"}]}""");
            await ProcessFaults.UntilAsync(
                () => Task.FromResult(
                    Array.TrueForAll(["heartbeat could not be written", "could not sweep"], told => silo.Output.Contains(told, StringComparison.Ordinal))),
                StopMax);
            Assert.DoesNotContain("at ExecutionGrains.Grains.", silo.Output, StringComparison.Ordinal);
            await api.GetAsync("/health/live");

            var since = Stopwatch.StartNew();
            var code = await silo.StopAsync(StopMax);

            var told = silo.Output[silo.Output.IndexOf("Application is shutting down", StringComparison.Ordinal)..];
            TestContext.Current.TestOutputHelper?.WriteLine($"It ended after {since.Elapsed.TotalSeconds:F1} s with {code}. {told}");
            // A database that accepts connections but does not answer delays the stop until the silo ends itself; an unavailable one does not.
            Assert.Equal(silent ? 1 : 0, code);
            AssertNoTrace(told);
            Assert.False(
                await report is { Status: 200 } answer && !answer.Body.ToString().Contains("retry", StringComparison.Ordinal),
                "What is not stored was answered.");
        }
        finally
        {
            if (silent)
            {
                await _server.ThawAsync();
            }
        }
    }

    private async Task<SiloProcess> StartAsync() =>
        await SiloProcess.StartAsync(new SiloSettings(_data.FullName) { Store = PostgresFaults.At(await _server!.DatabaseAsync()) });

    private static void AssertNoTrace(string output)
    {
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled", output, StringComparison.Ordinal);
    }
}
