using ExecutionGrains.GrainInterfaces;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
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
    private const string ServiceId = "executiongrains";

    /// <summary>A silo that died is off the list soon, and a new one on it.</summary>
    private static readonly TimeSpan GatewayRefresh = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private readonly IHost _host;

    private GrainConnection(IHost host, Caller? caller)
    {
        _host = host;
        var grains = host.Services.GetRequiredService<IClusterClient>();
        Transport = new GrainTransport(id => grains.GetGrain<IExecutionGrain>(id.Value), caller);
    }

    /// <summary>For an <see cref="ExecutionTracker"/>.</summary>
    public ITransport Transport { get; }

    /// <exception cref="ArgumentException">Neither a database nor a gateway is told.</exception>
    /// <exception cref="TrackerException">No silo answered in time.</exception>
    public static async Task<GrainConnection> OpenAsync(GrainConnectionOptions options, CancellationToken cancellationToken = default)
    {
        if (options.ConnectionString is null == (options.Gateways.Count == 0))
        {
            throw new ArgumentException("Say where the silos are: either the database of their cluster or gateways.", nameof(options));
        }

        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.SetMinimumLevel(Microsoft.Extensions.Logging.LogLevel.Warning);
        builder.UseOrleansClient(client => Configure(client, options));
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
            var where = options.ConnectionString is null ? $"at {string.Join(", ", options.Gateways)}" : "that the database lists";
            throw new TrackerException($"No silo of the cluster {options.ClusterId} {where} answered within {options.ConnectTimeout.TotalSeconds:0.#} s.", failure) { Transient = true };
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync().ConfigureAwait(false);
        _host.Dispose();
    }

    private static void Configure(IClientBuilder client, GrainConnectionOptions options)
    {
        client.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (options.ClusterId, ServiceId));
        client.Configure<GatewayOptions>(gateways => gateways.GatewayListRefreshPeriod = GatewayRefresh);
        client.UseConnectionRetryFilter(async (_, cancel) =>
        {
            await Task.Delay(Pause, cancel).ConfigureAwait(false);
            return true;
        });
        if (options.ConnectionString is { } database)
        {
            client.UseAdoNetClustering(ado => (ado.Invariant, ado.ConnectionString) = ("Npgsql", database));
        }
        else
        {
            client.UseStaticClustering([.. options.Gateways]);
        }
    }
}
