using Orleans.Statistics;

namespace ExecutionGrains.Silo.Hosting;

/// <summary>
/// The load of a single silo, which only Orleans's dashboard shows: placement has no choice and load shedding is off. Orleans's own provider reads the
/// runtime's
/// counters each second; without it Orleans's gauges of CPU and memory are missing, which the meter System.Runtime has as well.
/// </summary>
internal sealed class UnmeasuredLoad : IEnvironmentStatisticsProvider
{
    public EnvironmentStatistics GetEnvironmentStatistics() => default;
}
