using ExecutionGrains.Grains;
using ExecutionGrains.Rules;
using ExecutionGrains.Storage;
using ExecutionGrains.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace ExecutionGrains.Scenarios;

/// <summary>Rule 9 of silos that share a store, each with a clock of its own. What they do with it is the simulation's.</summary>
public abstract class SignsOfLife(StoreKind kind) : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;
    private WorldStore _world = null!;
    private ServiceProvider _services = null!;
    private IOperationsStore _store = null!;

    public async ValueTask InitializeAsync()
    {
        _world = await WorldStore.MakeAsync(kind);
        var services = new ServiceCollection().AddSingleton<Mishaps>();
        _world.AddTo(services, new ManualTimeProvider());
        _services = services.BuildServiceProvider();
        _store = _services.GetRequiredService<IOperationsStore>();
        await _store.MigrateAsync(None);
    }

    public async ValueTask DisposeAsync()
    {
        // An instance that the container was given is not its own to dispose.
        await ((IAsyncDisposable)_services.GetRequiredService<IExecutionReads>()).DisposeAsync();
        await _services.DisposeAsync();
        await _world.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task S29_An_outage_that_another_silo_found_is_known_to_one_that_was_never_away_for_so_long()
    {
        var (one, other) = (new Silo(_store), new Silo(_store));
        await one.Liveness.BeatAsync(None);
        var silence = one.Clock.GetUtcNow();
        await other.Liveness.BeatAsync(None);
        other.Clock.Advance(TimeSpan.FromSeconds(6.5));
        await other.Liveness.BeatAsync(None);
        one.Clock.Advance(TimeSpan.FromSeconds(5.5));
        await one.Liveness.BeatAsync(None);

        Assert.Equal([new Outage(silence, silence.AddSeconds(6.5))], other.Liveness.Outages);
        Assert.Equal(other.Liveness.Outages, one.Liveness.Outages);
        Assert.True(one.Liveness.MayJudge(one.Liveness.LastBeat));
    }

    private sealed class Silo
    {
        public Silo(IOperationsStore store) => Liveness = new SiloLiveness(store, new TrackerClock(Clock));

        public ManualTimeProvider Clock { get; } = new();

        public SiloLiveness Liveness { get; }
    }
}
