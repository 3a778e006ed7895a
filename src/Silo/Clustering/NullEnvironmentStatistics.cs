using Orleans.Statistics;

namespace ExecutionGrains.Silo.Clustering;

/// <summary>
/// Replaces Orleans's load statistics in a single silo, where only Orleans's dashboard uses them: placement has no choice and load shedding is off. Orleans's
/// own provider reads the runtime's counters each second. Without it, Orleans's gauges of CPU and memory are missing; the meter System.Runtime has the same
/// values.
/// </summary>
internal sealed class NullEnvironmentStatistics : IEnvironmentStatisticsProvider
{
    public EnvironmentStatistics GetEnvironmentStatistics() => default;
}
