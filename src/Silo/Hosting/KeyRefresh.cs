using ExecutionGrains.Grains;
using ExecutionGrains.Silo.Auth;
using ExecutionGrains.Silo.Secrets;
using ExecutionGrains.Storage;

namespace ExecutionGrains.Silo.Hosting;

/// <summary>Reads keys and secrets again when another silo announces that it changed them, and every few seconds: an announcement may be missed.</summary>
public sealed partial class KeyRefresh(
    SecretVault vault,
    ApiKeys keys,
    Signing signing,
    Freshness freshness,
    [FromKeyedServices(TrackerClock.Key)] TimeProvider time,
    ILogger<KeyRefresh> log) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(3);

    private TaskCompletionSource _announced = NewSignal();

    public async Task RefreshAsync(CancellationToken cancel)
    {
        var began = freshness.Now();
        await signing.RefreshAsync(vault, cancel).ConfigureAwait(false);
        await keys.RefreshAsync(cancel).ConfigureAwait(false);
        freshness.ReadSince(began);
    }

    /// <summary>Reads soon if keys or secrets changed. Never waits.</summary>
    public void Hear(Changes changes)
    {
        if (changes.AreKeys)
        {
            Volatile.Read(ref _announced).TrySetResult();
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        var tick = timer.WaitForNextTickAsync(stoppingToken).AsTask();
        while (true)
        {
            await Task.WhenAny(tick, Volatile.Read(ref _announced).Task).ConfigureAwait(false);
            if (tick.IsCompleted)
            {
                if (!await tick.ConfigureAwait(false))
                {
                    return;
                }

                tick = timer.WaitForNextTickAsync(stoppingToken).AsTask();
            }

            // Before the reading: what is announced during it may not be in it.
            Volatile.Write(ref _announced, NewSignal());
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

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
