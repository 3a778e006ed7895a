using ExecutionGrains.GrainInterfaces;
using ExecutionGrains.Grains;
using ExecutionGrains.Storage;
using Orleans;

namespace ExecutionGrains.Hosting.Setup;

/// <summary>Writes the silo's heartbeat every 2 s, starts the janitors once the silo serves, and records its departure when it stops.</summary>
public sealed partial class HeartbeatService(
    SiloLiveness liveness,
    IGrainFactory grains,
    IHostApplicationLifetime lifetime,
    [FromKeyedServices(TrackerClock.Key)] TimeProvider time,
    ILogger<HeartbeatService> log) : BackgroundService
{
    /// <summary>
    /// Records the departure of this silo. At this point the requests have ended, and Orleans is about to hand over the remaining grains. If the time for an
    /// orderly stop is over, nothing is recorded; the other silos then detect the silence themselves.
    /// </summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        if (cancellationToken.IsCancellationRequested)
        {
            return;
        }

        try
        {
            await liveness.LeaveAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is StoreException or OperationCanceledException)
        {
            LeavingFailed(failure.Message);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var janitorsStarted = false;
        using var timer = new PeriodicTimer(SiloLiveness.Period, time);
        do
        {
            try
            {
                await liveness.BeatAsync(stoppingToken).ConfigureAwait(false);
                if (!janitorsStarted && lifetime.ApplicationStarted.IsCancellationRequested)
                {
                    await StartJanitorsAsync().ConfigureAwait(false);
                    janitorsStarted = true;
                }
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                BeatFailed(failure.Message, failure is StoreException ? null : failure);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
    }

    private async Task StartJanitorsAsync()
    {
        for (var bucket = 0; bucket < IJanitorGrain.BucketCount; bucket++)
        {
            await grains.GetGrain<IJanitorGrain>(IJanitorGrain.Key(bucket)).Start().ConfigureAwait(false);
        }
    }
}
