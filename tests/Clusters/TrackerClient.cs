using ExecutionGrains.Client;
using Microsoft.Extensions.Configuration;
using Orleans.Configuration;
using Orleans.TestingHost;

namespace ExecutionGrains.Clusters;

/// <summary>A client that finds its gateways in the database and has a certificate.</summary>
public sealed class TrackerClient : IClientBuilderConfigurator
{
    public const string CertificatesKey = "client-certificates";

    public void Configure(IConfiguration configuration, IClientBuilder clientBuilder)
    {
        clientBuilder.Configure<ClusterOptions>(
            cluster => (cluster.ClusterId, cluster.ServiceId) = (configuration[TrackerSilo.ClusterKey]!, "executiongrains"));
        clientBuilder.Configure<GatewayOptions>(gateways => gateways.GatewayListRefreshPeriod = TimeSpan.FromSeconds(5));
        // A call that was lost with a dead silo is repeated after this time instead of 30 s.
        clientBuilder.Configure<ClientMessagingOptions>(messaging => messaging.ResponseTimeout = TimeSpan.FromSeconds(10));
        clientBuilder.UseClusterCertificates(TrackerSilo.Certificates(configuration, CertificatesKey)!);
        clientBuilder.UseAdoNetClustering(ado => (ado.Invariant, ado.ConnectionString) = ("Npgsql", configuration[TrackerSilo.StoreKey]));
    }
}
