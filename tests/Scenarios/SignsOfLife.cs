using ExecutionGrains.Grains;
using ExecutionGrains.Rules;
using ExecutionGrains.Storage.Sqlite;
using ExecutionGrains.Testing;

namespace ExecutionGrains.Scenarios;

/// <summary>Rule 9 of silos that share a store, each with a clock of its own. What they do with it is the simulation's.</summary>
public sealed class SignsOfLife : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("eg-signs-");
    private SqliteStore _store = null!;

    public async ValueTask InitializeAsync()
    {
        _store = new SqliteStore(new SqliteStoreOptions { Path = Path.Combine(_folder.FullName, "signs.db") }, new ManualTimeProvider());
        await _store.MigrateAsync(None);
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _folder.Delete(recursive: true);
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
        public Silo(SqliteStore store) => Liveness = new SiloLiveness(store, new TrackerClock(Clock));

        public ManualTimeProvider Clock { get; } = new();

        public SiloLiveness Liveness { get; }
    }
}
