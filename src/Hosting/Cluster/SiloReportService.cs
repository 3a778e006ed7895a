using Orleans.Runtime;

namespace ExecutionGrains.Hosting.Cluster;

/// <summary>Answers the other silos with this silo's <see cref="SiloReport"/>.</summary>
public sealed class SiloReportService(GrainId id, Orleans.Runtime.Silo silo, ILoggerFactory loggers, SiloReportSource reporter)
    : GrainService(id, silo, loggers), ISiloReportService
{
    /// <summary>Does nothing. Callers address the silo directly, so the service needs no range of Orleans's consistent ring.</summary>
    public override Task Start() => Task.CompletedTask;

    public override Task Stop() => Task.CompletedTask;

    public Task<SiloReport> Report() => Task.FromResult(reporter.Report());
}
