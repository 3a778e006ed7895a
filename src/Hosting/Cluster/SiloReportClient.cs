using Orleans.Runtime;
using Orleans.Runtime.Services;

namespace ExecutionGrains.Hosting.Cluster;

/// <summary>Client of <see cref="ISiloReportService"/>: asks one silo for its report.</summary>
public sealed class SiloReportClient(IServiceProvider services) : GrainServiceClient<ISiloReportService>(services)
{
    public Task<SiloReport> AskAsync(SiloAddress silo) => GetGrainService(silo).Report();
}
