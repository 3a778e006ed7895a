using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using ExecutionGrains.Client;
using ExecutionGrains.Testing;
using Npgsql;

namespace ExecutionGrains.Clusters;

/// <summary>Executor services that report over the grain interface.</summary>
public sealed class ConnectionTests
{
    [Fact]
    public async Task A_service_finds_the_cluster_in_its_database_and_reports_a_whole_execution()
    {
        await using var cluster = await TrackerCluster.OpenAsync(2);
        await using var connection = await GrainConnection.OpenAsync(
            new() { ConnectionString = cluster.Database, ClusterId = cluster.Id, Certificates = cluster.Certificates.Client },
            TestContext.Current.CancellationToken);
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
    public async Task A_service_whose_database_lists_no_silo_fails_with_that_reason_within_seconds()
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
    public async Task A_service_whose_gateway_is_unavailable_fails_with_that_reason_within_seconds()
    {
        var since = Stopwatch.StartNew();

        var failure = await Assert.ThrowsAsync<TrackerException>(() => GrainConnection.OpenAsync(
            new() { Gateways = [new IPEndPoint(IPAddress.Loopback, 1)], ConnectTimeout = TimeSpan.FromSeconds(3) }, TestContext.Current.CancellationToken));

        Assert.Equal("No silo of the cluster executiongrains at 127.0.0.1:1 answered within 3 s.", failure.Message);
        Assert.True(failure.Transient);
        Assert.InRange(since.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task An_invalid_connect_timeout_is_refused_with_its_bounds()
    {
        var mistake = await Assert.ThrowsAsync<ArgumentException>(
            () => GrainConnection.OpenAsync(
                new() { Gateways = [new(IPAddress.Loopback, 1)], ConnectTimeout = TimeSpan.Zero }, TestContext.Current.CancellationToken));

        Assert.Contains("ConnectTimeout must be above 0 and at most 01:00:00, was 00:00:00.", mistake.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_whose_gateway_does_not_answer_fails_with_that_reason_within_seconds()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();

        var failure = await FailureAsync(new() { Gateways = [(IPEndPoint)silent.LocalEndpoint] });

        Assert.Equal(($"No silo of the cluster executiongrains at {silent.LocalEndpoint} answered within 3 s.", true), (failure.Message, failure.Transient));
    }

    [Fact]
    public async Task A_service_whose_database_no_silo_has_used_yet_fails_transiently()
    {
        var failure = await FailureAsync(new() { ConnectionString = await (await PostgresServer.SharedAsync()).DatabaseAsync() });

        Assert.Equal(("No silo of the cluster executiongrains that the database lists answered within 3 s.", true), (failure.Message, failure.Transient));
    }

    [Fact]
    public async Task A_service_whose_database_is_unavailable_fails_with_that_reason()
    {
        var failure = await FailureAsync(new() { ConnectionString = "Host=127.0.0.1;Port=1;Username=nobody" });

        Assert.StartsWith(
            "The database of the cluster executiongrains did not answer within 3 s: Failed to connect to 127.0.0.1:1",
            failure.Message,
            StringComparison.Ordinal);
        Assert.True(failure.Transient);
    }

    [Fact]
    public async Task A_service_whose_database_does_not_answer_fails_with_that_reason()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();

        var failure = await FailureAsync(new() { ConnectionString = $"Host=127.0.0.1;Port={((IPEndPoint)silent.LocalEndpoint).Port};Username=nobody" });

        Assert.StartsWith("The database of the cluster executiongrains did not answer within 3 s: ", failure.Message, StringComparison.Ordinal);
        Assert.True(failure.Transient);
    }

    [Fact]
    public async Task A_wrong_password_fails_at_once()
    {
        var database = new NpgsqlConnectionStringBuilder(await (await PostgresServer.SharedAsync()).DatabaseAsync()) { Pooling = false };
        await using (var server = NpgsqlDataSource.Create(database.ConnectionString))
        {
            await using var command = server.CreateCommand("""
                create role stranger login password 'right';
                do $$ begin
                    execute format('copy (select unnest(array[%L, %L, %L])) to %L',
                        'host all stranger all scram-sha-256', 'host all all all trust', 'local all all trust', current_setting('hba_file'));
                end $$;
                select pg_reload_conf();
                """);
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        (database.Username, database.Password) = ("stranger", "a-wrong-one");
        while (await OpensAsync(database.ConnectionString))
        {
            // The server reloads its rules asynchronously.
            await Task.Yield();
        }

        var failure = await FailureAsync(new() { ConnectionString = database.ConnectionString });

        Assert.Equal(
            "The database of the cluster executiongrains cannot be used: 28P01: password authentication failed for user \"stranger\"", failure.Message);
        Assert.False(failure.Transient);
        Assert.DoesNotContain("a-wrong-one", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_database_fails_at_once()
    {
        var database = new NpgsqlConnectionStringBuilder(await (await PostgresServer.SharedAsync()).DatabaseAsync()) { Database = "nowhere" };

        var failure = await FailureAsync(new() { ConnectionString = database.ConnectionString });

        Assert.Equal("The database of the cluster executiongrains cannot be used: 3D000: database \"nowhere\" does not exist", failure.Message);
        Assert.False(failure.Transient);
    }

    [Theory]
    [InlineData("Host=127.0.0.1;Port=many", "is invalid: Couldn't set port")]
    [InlineData("Hots=127.0.0.1", "is invalid: Couldn't set hots")]
    [InlineData("postgres://127.0.0.1/executions", "is invalid: Format of the initialization string")]
    [InlineData("Username=nobody", "is invalid: Host is missing")]
    public async Task An_invalid_connection_string_fails_at_once(string text, string what)
    {
        var failure = await FailureAsync(new() { ConnectionString = text });

        Assert.Contains(what, failure.Message, StringComparison.Ordinal);
        Assert.False(failure.Transient);
    }

    /// <summary>Every failure is reported within seconds. Permanent ones are reported sooner.</summary>
    private static async Task<TrackerException> FailureAsync(GrainConnectionOptions options)
    {
        var since = Stopwatch.StartNew();
        var failure = await Assert.ThrowsAsync<TrackerException>(
            () => GrainConnection.OpenAsync(options with { ConnectTimeout = TimeSpan.FromSeconds(3) }, TestContext.Current.CancellationToken));
        TestContext.Current.TestOutputHelper?.WriteLine($"{failure.Message} (after {since.Elapsed.TotalSeconds:F1} s)");
        Assert.InRange(since.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        return failure;
    }

    private static async Task<bool> OpensAsync(string database)
    {
        await using var connection = new NpgsqlConnection(database);
        try
        {
            await connection.OpenAsync();
            return true;
        }
        catch (PostgresException)
        {
            return false;
        }
    }
}
