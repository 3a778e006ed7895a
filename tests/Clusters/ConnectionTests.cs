using System.Diagnostics;
using System.Net;
using ExecutionGrains.Client;

namespace ExecutionGrains.Clusters;

/// <summary>Executor services that report over the grain interface.</summary>
public sealed class ConnectionTests
{
    [Fact]
    public async Task A_service_finds_the_cluster_in_its_database_and_reports_a_whole_execution()
    {
        await using var cluster = await TrackerCluster.OpenAsync(2);
        await using var connection = await GrainConnection.OpenAsync(new() { ConnectionString = cluster.Database, ClusterId = cluster.Id }, TestContext.Current.CancellationToken);
        await using var tracker = new ExecutionTracker(connection.Transport);

        string id;
        await using (var execution = await tracker.StartAsync("import", cancellationToken: TestContext.Current.CancellationToken))
        {
            id = execution.Id.Value;
            await using (var step = await execution.BeginStepAsync("extract", cancellationToken: TestContext.Current.CancellationToken))
            {
                await step.CompleteAsync();
            }

            Assert.Equal(Result.Applied, (await execution.CompleteAsync(cancellationToken: TestContext.Current.CancellationToken)).Result);
        }

        Assert.Equal((ExecutionStatus.Succeeded, 1), ((await cluster.StateAsync(id)).Status, (await cluster.StateAsync(id)).StepCount));
    }

    [Fact]
    public async Task A_service_whose_database_lists_no_silo_is_told_so_in_seconds()
    {
        string database;
        await using (var cluster = await TrackerCluster.OpenAsync(1))
        {
            database = cluster.Database;
            var since = Stopwatch.StartNew();

            var failure = await Assert.ThrowsAsync<TrackerException>(() => GrainConnection.OpenAsync(
                new() { ConnectionString = database, ClusterId = "another", ConnectTimeout = TimeSpan.FromSeconds(3) }, TestContext.Current.CancellationToken));

            Assert.Equal("No silo of the cluster another that the database lists answered within 3 s.", failure.Message);
            Assert.InRange(since.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        }
    }

    [Fact]
    public async Task A_service_whose_gateway_is_away_is_told_so_in_seconds()
    {
        var since = Stopwatch.StartNew();

        var failure = await Assert.ThrowsAsync<TrackerException>(() => GrainConnection.OpenAsync(
            new() { Gateways = [new IPEndPoint(IPAddress.Loopback, 1)], ConnectTimeout = TimeSpan.FromSeconds(3) }, TestContext.Current.CancellationToken));

        Assert.Equal("No silo of the cluster executiongrains at 127.0.0.1:1 answered within 3 s.", failure.Message);
        Assert.True(failure.Transient);
        Assert.InRange(since.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }
}
