using System.Data.Common;
using ExecutionGrains.GrainInterfaces;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Orleans;
using Orleans.Configuration;
using Orleans.Hosting;

namespace ExecutionGrains.Client;

/// <summary>
/// A connection to the cluster on the grain interface. Whoever reaches a gateway may do everything: it is for services in the silos' own network. A program
/// with a host of its own may as well call <c>UseOrleansClient</c> there and make a <see cref="GrainTransport"/> of its client.
/// </summary>
public sealed class GrainConnection : IAsyncDisposable
{
    /// <summary>A silo that died is off the list soon, and a new one on it.</summary>
    private static readonly TimeSpan GatewayRefresh = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private readonly IHost host;

    private GrainConnection(IHost host, Caller? caller)
    {
        this.host = host;
        var grains = host.Services.GetRequiredService<IClusterClient>();
        Transport = new GrainTransport(id => grains.GetGrain<IExecutionGrain>(id.Value), caller);
    }

    /// <summary>For an <see cref="ExecutionTracker"/>.</summary>
    public ITransport Transport { get; }

    /// <exception cref="ArgumentException">Neither a database nor a gateway is told, or both are; or the time to connect is out of its bounds.</exception>
    /// <exception cref="TrackerException">
    /// No silo answered in time, or the database was not reached: transient. The database refuses the connection, or the connection string is none: not transient, and told at once.
    /// </exception>
    public static async Task<GrainConnection> OpenAsync(GrainConnectionOptions options, CancellationToken cancellationToken = default)
    {
        if (options.ConnectionString is null == (options.Gateways.Count == 0))
        {
            throw new ArgumentException("Say where the silos are: either the database of their cluster or gateways.", nameof(options));
        }

        if (options.ConnectTimeout <= TimeSpan.Zero || options.ConnectTimeout > GrainConnectionOptions.ConnectTimeoutMax)
        {
            throw new ArgumentException($"{nameof(options.ConnectTimeout)} must be above 0 and at most {GrainConnectionOptions.ConnectTimeoutMax}, was {options.ConnectTimeout}.", nameof(options));
        }

        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        DbException? away = null;
        var database = options.ConnectionString is { } text ? Database(text, options) : null;
        builder.UseOrleansClient(client => Configure(client, options, database, failure => away = failure is DbException { IsTransient: true } lately ? lately : null));
        var host = builder.Build();
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(options.ConnectTimeout);
        try
        {
            await host.StartAsync(timeout.Token).ConfigureAwait(false);
            return new GrainConnection(host, options.Caller);
        }
        catch (Exception failure)
        {
            host.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            throw WillStay(failure)
                ? new TrackerException($"The database of the cluster {options.ClusterId} cannot be used: {failure.Message}", failure)
                : Away(options, away, failure);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync().ConfigureAwait(false);
        host.Dispose();
    }

    /// <summary>One attempt to connect takes half of the time, so that it is known what failed.</summary>
    private static string Database(string text, GrainConnectionOptions options)
    {
        try
        {
            var database = new NpgsqlConnectionStringBuilder(text);
            if (string.IsNullOrWhiteSpace(database.Host))
            {
                throw new ArgumentException("It names no Host.");
            }

            var timeoutMax = (int)Math.Ceiling(options.ConnectTimeout.TotalSeconds / 2);
            database.Timeout = database.Timeout == 0 ? timeoutMax : Math.Min(database.Timeout, timeoutMax);
            return database.ConnectionString;
        }
        catch (ArgumentException failure)
        {
            throw new TrackerException($"The connection string of the cluster {options.ClusterId} is none: {failure.Message}", failure);
        }
    }

    /// <summary>A wrong password or name of a database is as wrong a second later; a database that no silo has used yet has no tables.</summary>
    private static bool WillStay(Exception failure) =>
        failure is ArgumentException or DbException { IsTransient: false, SqlState: not PostgresErrorCodes.UndefinedTable };

    private static TrackerException Away(GrainConnectionOptions options, DbException? database, Exception failure)
    {
        var within = $"within {options.ConnectTimeout.TotalSeconds:0.#} s";
        if (database is not null)
        {
            return new($"The database of the cluster {options.ClusterId} did not answer {within}: {database.Message}", database) { Transient = true };
        }

        var where = options.ConnectionString is null ? $"at {string.Join(", ", options.Gateways)}" : "that the database lists";
        return new($"No silo of the cluster {options.ClusterId} {where} answered {within}.", failure) { Transient = true };
    }

    /// <param name="failed">Told of every attempt that failed.</param>
    private static void Configure(IClientBuilder client, GrainConnectionOptions options, string? database, Action<Exception> failed)
    {
        client.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (options.ClusterId, ClusterNames.Service));
        client.Configure<GatewayOptions>(gateways => gateways.GatewayListRefreshPeriod = GatewayRefresh);
        client.UseConnectionRetryFilter(async (failure, cancel) =>
        {
            failed(failure);
            if (WillStay(failure))
            {
                return false;
            }

            await Task.Delay(Pause, cancel).ConfigureAwait(false);
            return true;
        });
        if (database is not null)
        {
            client.UseAdoNetClustering(ado => (ado.Invariant, ado.ConnectionString) = ("Npgsql", database));
        }
        else
        {
            client.UseStaticClustering([.. options.Gateways]);
        }
    }
}
