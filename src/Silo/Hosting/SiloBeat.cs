using ExecutionGrains.GrainInterfaces;
using ExecutionGrains.Grains;
using ExecutionGrains.Storage;
using Orleans;

namespace ExecutionGrains.Silo.Hosting;

/// <summary>Writes every 2 s that the silo is alive, and starts the janitors.</summary>
public sealed partial class SiloBeat(
    SiloLiveness liveness,
    IGrainFactory grains,
    IHostApplicationLifetime lifetime,
    [FromKeyedServices(TrackerClock.Key)] TimeProvider time,
    ILogger<SiloBeat> log) : BackgroundService
{
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
