using ExecutionGrains.Hosting.Settings;
using ExecutionGrains.Hosting.Setup;
using ExecutionGrains.Hosting.Store;

namespace ExecutionGrains.Hosting;

/// <summary>Adds the tracker to an Orleans silo.</summary>
public static class ExecutionGrainsSiloBuilderExtensions
{
    /// <summary>
    /// Adds the tracker's grains, store, janitors and the services of its HTTP API. The host configures Orleans's clustering and a reminder service; the
    /// tracker keeps everything else in its own store. On SQLite the silo must be the only one. The store is prepared when the host starts, before Orleans
    /// does.
    /// </summary>
    /// <remarks>
    /// The tracker's clock is the <see cref="TimeProvider"/> with the key <see cref="Grains.TrackerClock.Key"/> if the host registered one before this call;
    /// default: the system's clock.
    /// </remarks>
    public static ISiloBuilder AddExecutionGrains(this ISiloBuilder silo, ExecutionGrainsOptions options)
    {
        ArgumentNullException.ThrowIfNull(silo);
        ArgumentNullException.ThrowIfNull(options);
        ApiSetup.Add(silo.Services, options);
        StoreSetup.Add(silo, options);
        GrainSetup.Add(silo, options);
        return silo;
    }
}
