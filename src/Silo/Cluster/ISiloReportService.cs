using Orleans;
using Orleans.Services;

namespace ExecutionGrains.Silo.Cluster;

/// <summary>One instance per silo, reached by the silo's address.</summary>
[Alias("eg.ISiloReportService")]
public interface ISiloReportService : IGrainService
{
    [Alias("Report")]
    Task<SiloReport> Report();
}
