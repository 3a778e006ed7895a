using Orleans.Runtime;
using Orleans.Runtime.Services;

namespace ExecutionGrains.Silo.Cluster;

/// <summary>Client of <see cref="ISiloReportService"/>: asks one silo for its report.</summary>
public sealed class SiloReports(IServiceProvider services) : GrainServiceClient<ISiloReportService>(services)
{
    public Task<SiloReport> AskAsync(SiloAddress silo) => GetGrainService(silo).Report();
}
