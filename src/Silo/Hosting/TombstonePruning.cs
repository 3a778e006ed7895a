using ExecutionGrains.Grains;
using ExecutionGrains.Storage;

namespace ExecutionGrains.Silo.Hosting;

/// <summary>Removes the tombstones of deleted executions once their time is over: every hour, a few thousand at a time.</summary>
public sealed partial class TombstonePruning(
    IOperationsStore store,
    [FromKeyedServices(TrackerClock.Key)] TimeProvider time,
    ILogger<TombstonePruning> log) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromHours(1);

    /// <returns>How many were removed.</returns>
    /// <exception cref="StoreException">The store is away.</exception>
    public async Task<int> PruneAsync(CancellationToken cancel)
    {
        var all = 0;
        int some;
        do
        {
            some = await store.PruneTombstonesAsync(time.GetUtcNow(), cancel).ConfigureAwait(false);
            all += some;
        }
        while (some > 0);
        return all;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            try
            {
                await PruneAsync(stoppingToken).ConfigureAwait(false);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                // The next hour tries again; left to the host it would be the end of the silo.
                PruningFailed(failure.Message, failure is StoreException ? null : failure);
            }
        }
    }
}
