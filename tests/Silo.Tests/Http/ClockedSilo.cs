using ExecutionGrains.GrainInterfaces;
using ExecutionGrains.Grains;
using ExecutionGrains.Testing;
using Microsoft.Extensions.DependencyInjection;
using Orleans;

namespace ExecutionGrains.Silo.Tests.Http;

/// <summary>A silo whose tracker time only tests move.</summary>
public class ClockedSilo : SiloFixture
{
    public ManualTimeProvider Clock { get; } = new();

    protected override TimeProvider Time => Clock;

    /// <summary>
    /// Advances the clock while the silo writes heartbeats, and then runs the janitors. To skip hours without effect use
    /// <see cref="ManualTimeProvider.JumpWallClock"/>, because every 2 s of <see cref="ManualTimeProvider.Advance"/> a heartbeat is written, or logged as
    /// missing.
    /// </summary>
    internal async Task PassAsync(TimeSpan by)
    {
        for (var left = by; left > TimeSpan.Zero; left -= SiloLiveness.Period)
        {
            Clock.Advance(left < SiloLiveness.Period ? left : SiloLiveness.Period);
            await App.Services.GetRequiredService<SiloLiveness>().BeatAsync(CancellationToken.None);
        }

        for (var bucket = 0; bucket < IJanitorGrain.BucketCount; bucket++)
        {
            await App.Services.GetRequiredService<IGrainFactory>().GetGrain<IJanitorGrain>(IJanitorGrain.Key(bucket)).Sweep();
        }
    }

    internal async Task<(string Id, string Token)> Lost(string extra = "")
    {
        var made = await Running(""","heartbeatTimeoutSeconds":1""" + extra);
        await PassAsync(TimeSpan.FromSeconds(20));
        return made;
    }
}
