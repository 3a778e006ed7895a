using Orleans;
using Orleans.CodeGeneration;
using Orleans.Services;

namespace ExecutionGrains.Hosting.Cluster;

/// <summary>Returns a silo's report. Orleans runs one instance per silo; callers address it by the silo's address.</summary>
[Alias("eg.ISiloReportService"), Version(1)]
public interface ISiloReportService : IGrainService
{
    [Alias("Report")]
    Task<SiloReport> Report();
}
