using ExecutionGrains.Grains;
using ExecutionGrains.Hosting.Auth.Tokens;
using ExecutionGrains.Hosting.Secrets;
using ExecutionGrains.Storage;
using ExecutionGrains.Storage.Commits;

namespace ExecutionGrains.Hosting.Auth.Keys;

/// <summary>Refreshes keys and secrets when another silo announces a change, and every 3 s, because an announcement may be lost.</summary>
public sealed partial class KeyRefresh(
    SecretVault vault,
    ApiKeyCache keys,
    PayloadSigner signing,
    CredentialCacheAge freshness,
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

    /// <summary>Triggers a refresh if keys or secrets changed. Does not wait for it.</summary>
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

            // Reset before the refresh: a change that is announced during the refresh may not be in its result.
            Volatile.Write(ref _announced, NewSignal());
            try
            {
                await RefreshAsync(stoppingToken).ConfigureAwait(false);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                // Every exception is caught: the next refresh follows within 3 s, and an exception that leaves a hosted service stops the silo.
                RefreshFailed(failure.Message, failure is StoreException ? null : failure);
            }
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
