using Orleans.Statistics;

namespace ExecutionGrains.Silo.Hosting;

/// <summary>
/// The load of a single silo, which nothing asks for: placement has no choice and load shedding is off. Orleans's own provider polls the runtime's event counters each second.
/// </summary>
internal sealed class UnmeasuredLoad : IEnvironmentStatisticsProvider
{
    public EnvironmentStatistics GetEnvironmentStatistics() => default;
}
