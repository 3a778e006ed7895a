using System.Data.Common;
using System.Net;
using ExecutionGrains.GrainInterfaces;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Orleans;
using Orleans.Configuration;
using Orleans.Hosting;

namespace ExecutionGrains.Client;

/// <summary>
/// A connection to the cluster over the grain interface. The grain interface asks for no API key: a service with a certificate of the cluster
/// (<see cref="GrainConnectionOptions.Certificates"/>) may do everything. A program with its own host can instead call <c>UseOrleansClient</c> and
/// <see cref="ClusterCertificatesExtensions.UseClusterCertificates"/>, and create a <see cref="GrainTransport"/> from its client.
/// </summary>
public sealed class GrainConnection : IAsyncDisposable
{
    /// <summary>Period of reading the gateway list: 5 s, so that dead silos leave it and new silos join it soon.</summary>
    private static readonly TimeSpan GatewayRefresh = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private readonly IHost _host;

    private GrainConnection(IHost host, Caller? caller)
    {
        _host = host;
        var grains = host.Services.GetRequiredService<IClusterClient>();
        Transport = new GrainTransport(id => grains.GetGrain<IExecutionGrain>(id.Value), caller);
    }

    /// <summary>Transport for an <see cref="ExecutionTracker"/>.</summary>
    public ITransport Transport { get; }

    /// <exception cref="ArgumentException"> Neither or both of <see cref="GrainConnectionOptions.ConnectionString"/> and
    /// <see cref="GrainConnectionOptions.Gateways"/> are set; the connect timeout is out of range; or a gateway is on another machine and neither
    /// <see cref="GrainConnectionOptions.Certificates"/> nor <see cref="GrainConnectionOptions.AllowInsecure"/> is set. </exception>
    /// <exception cref="TrackerException"> Transient: no silo answered in time, or the database was not reached. Not transient, and thrown at once: the
    /// database refuses the connection, the connection string is invalid, or the certificates are invalid. Also not transient: a silo was reached, but a
    /// connection to it is not allowed. </exception>
    public static async Task<GrainConnection> OpenAsync(GrainConnectionOptions options, CancellationToken cancellationToken = default)
    {
        if (options.ConnectionString is null == (options.Gateways.Count == 0))
        {
            throw new ArgumentException("Set either ConnectionString or Gateways, so that the silos can be found.", nameof(options));
        }

        if (options.ConnectTimeout <= TimeSpan.Zero || options.ConnectTimeout > GrainConnectionOptions.ConnectTimeoutMax)
        {
            throw new ArgumentException(
                $"{nameof(options.ConnectTimeout)} must be above 0 and at most {GrainConnectionOptions.ConnectTimeoutMax}, was {options.ConnectTimeout}.",
                nameof(options));
        }

        if (options.Certificates is null && !options.AllowInsecure
            && options.Gateways.FirstOrDefault(gateway => !IPAddress.IsLoopback(gateway.Address)) is { } remote)
        {
            throw new ArgumentException(CertificatesRequiredMessage($"{remote}"), nameof(options));
        }

        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        var failures = new ConnectionFailures(options);
        var database = options.ConnectionString is { } text ? Database(text, options) : null;
        try
        {
            builder.UseOrleansClient(client => Configure(client, options, database, failures));
        }
        catch (CertificateException failure)
        {
            throw new TrackerException($"The certificates for the cluster {options.ClusterId} cannot be used: {failure.Message}", failure);
        }

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
            throw IsPermanent(failure)
                ? new TrackerException($"The database of the cluster {options.ClusterId} cannot be used: {failure.Message}", failure)
                : Unavailable(options, failures, failure);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync().ConfigureAwait(false);
        _host.Dispose();
    }

    /// <summary>
    /// Limits one connection attempt to half of the connect timeout, so that an attempt ends before the whole timeout and the error can say what failed.
    /// </summary>
    private static string Database(string text, GrainConnectionOptions options)
    {
        try
        {
            var database = new NpgsqlConnectionStringBuilder(text);
            if (string.IsNullOrWhiteSpace(database.Host))
            {
                throw new ArgumentException("Host is missing.");
            }

            var timeoutMax = (int)Math.Ceiling(options.ConnectTimeout.TotalSeconds / 2);
            database.Timeout = database.Timeout == 0 ? timeoutMax : Math.Min(database.Timeout, timeoutMax);
            return database.ConnectionString;
        }
        catch (ArgumentException failure)
        {
            throw new TrackerException($"The connection string of the cluster {options.ClusterId} is invalid: {failure.Message}", failure);
        }
    }

    /// <summary>
    /// Whether a retry would fail in the same way, for example with a wrong password or database name. Missing tables are not permanent: the first silo creates
    /// them.
    /// </summary>
    private static bool IsPermanent(Exception failure) =>
        failure is ArgumentException or DbException { IsTransient: false, SqlState: not PostgresErrorCodes.UndefinedTable };

    internal static string CertificatesRequiredMessage(string silo) =>
        $"The silo at {silo} is on another machine: set {nameof(GrainConnectionOptions.Certificates)} or {nameof(GrainConnectionOptions.AllowInsecure)}.";

    private static TrackerException Unavailable(GrainConnectionOptions options, ConnectionFailures failures, Exception failure)
    {
        var within = $"within {options.ConnectTimeout.TotalSeconds:0.#} s";
        if (failures.Database is { } database)
        {
            return new($"The database of the cluster {options.ClusterId} did not answer {within}: {database.Message}", database) { Transient = true };
        }

        var where = options.ConnectionString is null ? $"at {string.Join(", ", options.Gateways)}" : "that the database lists";
        var what = $"No silo of the cluster {options.ClusterId} {where} answered {within}.";
        return failures.Silo is { } why ? new($"{what} {why}", failure) : new(what, failure) { Transient = true };
    }

    private static void Configure(IClientBuilder client, GrainConnectionOptions options, string? database, ConnectionFailures failures)
    {
        failures.RestrictConnections(client);
        client.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (options.ClusterId, ClusterNames.Service));
        client.Configure<GatewayOptions>(gateways => gateways.GatewayListRefreshPeriod = GatewayRefresh);
        client.UseConnectionRetryFilter(async (failure, cancel) =>
        {
            failures.Failed(failure);
            if (IsPermanent(failure))
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
