using ExecutionGrains.Client;

namespace ExecutionGrains.Samples.Importer;

/// <summary>The transport of the reports: the grain interface if a cluster is configured, otherwise HTTP.</summary>
internal sealed class ReportTransport : IAsyncDisposable
{
    private readonly GrainConnection? _cluster;

    private ReportTransport(GrainConnection? cluster, ITransport transport) => (_cluster, Transport) = (cluster, transport);

    public ITransport Transport { get; }

    public static async Task<ReportTransport> OpenAsync(Settings settings, CancellationToken cancellationToken)
    {
        if (settings.Cluster is not { } database)
        {
            return new(null, new HttpTransport(settings.Url, settings.Key));
        }

        var cluster = await GrainConnection.OpenAsync(
            new() { ConnectionString = database, Certificates = settings.Certificates, Caller = new() { Name = "importer" } }, cancellationToken);
        return new(cluster, cluster.Transport);
    }

    public ValueTask DisposeAsync() => _cluster?.DisposeAsync() ?? ValueTask.CompletedTask;
}
