using Microsoft.Extensions.Configuration;
using Orleans.Configuration;
using Orleans.TestingHost;

namespace ExecutionGrains.Clusters;

/// <summary>A client that finds its gateways in the database.</summary>
public sealed class TrackerClient : IClientBuilderConfigurator
{
    public void Configure(IConfiguration configuration, IClientBuilder clientBuilder)
    {
        clientBuilder.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (configuration[TrackerSilo.ClusterKey]!, "executiongrains"));
        clientBuilder.Configure<GatewayOptions>(gateways => gateways.GatewayListRefreshPeriod = TimeSpan.FromSeconds(5));
        clientBuilder.UseAdoNetClustering(ado => (ado.Invariant, ado.ConnectionString) = ("Npgsql", configuration[TrackerSilo.StoreKey]));
    }
}
