using ExecutionGrains.GrainInterfaces;
using ExecutionGrains.Grains;
using ExecutionGrains.Storage;
using Orleans;

namespace ExecutionGrains.Silo.Hosting;

/// <summary>Writes every 2 s that the silo is alive, starts the janitors, and says when the silo leaves.</summary>
public sealed partial class SiloBeat(
    SiloLiveness liveness,
    IGrainFactory grains,
    IHostApplicationLifetime lifetime,
    [FromKeyedServices(TrackerClock.Key)] TimeProvider time,
    ILogger<SiloBeat> log) : BackgroundService
{
    /// <summary>Requests have come to their end, and the runtime is about to hand over what is left. One that has no time to stop in order says nothing: the others find out.</summary>
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
