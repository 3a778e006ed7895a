using ExecutionGrains.Grains;
using ExecutionGrains.Silo.Auth;
using ExecutionGrains.Storage;

namespace ExecutionGrains.Silo.Hosting;

/// <summary>Reads keys and secrets again every few seconds: another silo may have changed them.</summary>
public sealed partial class KeyRefresh(
    IOperationsStore store,
    ApiKeys keys,
    Signing signing,
    [FromKeyedServices(TrackerClock.Key)] TimeProvider time,
    ILogger<KeyRefresh> log) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(3);

    public async Task RefreshAsync(CancellationToken cancel)
    {
        await signing.RefreshAsync(store, cancel).ConfigureAwait(false);
        await keys.RefreshAsync(cancel).ConfigureAwait(false);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            try
            {
                await RefreshAsync(stoppingToken).ConfigureAwait(false);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                // Whatever it was, the next time is in a few seconds. Left to the host it would be the end of the silo.
                RefreshFailed(failure.Message, failure is StoreException ? null : failure);
            }
        }
    }
}
