using Orleans;
using Orleans.Services;

namespace ExecutionGrains.Hosting.Cluster;

/// <summary>Returns a silo's report. Orleans runs one instance per silo; callers address it by the silo's address.</summary>
[Alias("eg.ISiloReportService")]
public interface ISiloReportService : IGrainService
{
    [Alias("Report")]
    Task<SiloReport> Report();
}
