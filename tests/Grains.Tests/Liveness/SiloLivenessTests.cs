using ExecutionGrains.Rules;
using ExecutionGrains.Storage;
using ExecutionGrains.Testing;

namespace ExecutionGrains.Grains.Tests.Liveness;

/// <summary>Silos that share a store know of each other.</summary>
public sealed class SiloLivenessOnASharedStoreTests() : SiloLivenessTests(isShared: true);

/// <summary>SQLite: one silo, which waits for no other.</summary>
public sealed class SiloLivenessOnAFileTests() : SiloLivenessTests(isShared: false);

/// <summary>Rule 9 for silos on one store, each with its own clock. The stores' contract suite tests how a store handles a heartbeat.</summary>
public abstract class SiloLivenessTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly bool _isShared;
    private readonly Mishaps _mishaps = new();
    private readonly FaultyOperations _store;

    private protected SiloLivenessTests(bool isShared) => (_isShared, _store) = (isShared, new(new InMemory(isShared)) { Mishaps = _mishaps });

    [Fact]
    public async Task S29_An_outage_that_another_silo_recorded_is_known_to_every_silo()
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

    [Fact]
    public async Task S29_Nothing_after_a_silos_last_heartbeat_is_judged_until_its_silence_is_recorded_as_an_outage()
    {
        var (one, other) = (new Silo(_store), new Silo(_store));
        await BeatAsync(SiloLiveness.Period, other, one);
        var lastWord = one.Clock.GetUtcNow();
        for (var silence = SiloLiveness.Period; silence <= Members.GoneAfter; silence += SiloLiveness.Period)
        {
            await BeatAsync(SiloLiveness.Period, one);
            Assert.True(one.Liveness.MayJudge(one.Now));
            Assert.Equal(_isShared ? lastWord : one.Now, one.Liveness.KnownAt(one.Now).Until);
        }

        await BeatAsync(SiloLiveness.Period, one);
        var found = one.Now;
        await BeatAsync(SiloLiveness.Period, one);

        Assert.Equal(_isShared ? [new Outage(lastWord, found)] : [], one.Liveness.KnownAt(one.Now).Outages);
        Assert.Equal(one.Now, one.Liveness.KnownAt(one.Now).Until);
    }

    [Fact]
    public async Task S29_A_silo_that_the_runtime_declared_dead_is_recorded_as_an_outage_by_the_next_heartbeat()
    {
        var dead = new HashSet<string>();
        var (one, other) = (new Silo(_store, new SiloMembership("one", TimeSpan.FromHours(1), dead.Contains)), new Silo(_store));
        await BeatAsync(SiloLiveness.Period, other, one);
        var lastWord = one.Now;
        await BeatAsync(TimeSpan.FromSeconds(3), one);
        dead.Add(other.Liveness.SiloId);
        await BeatAsync(TimeSpan.FromSeconds(1), one);
        var found = one.Now;
        await BeatAsync(SiloLiveness.Period, one);

        Assert.Equal(_isShared ? [new Outage(lastWord, found)] : [], one.Liveness.Outages);
        Assert.Equal(one.Now, one.Liveness.KnownAt(one.Now).Until);
    }

    [Fact]
    public async Task S29_A_leaving_silo_delays_no_other_and_judges_nothing_any_more()
    {
        var (one, other) = (new Silo(_store), new Silo(_store));
        await BeatAsync(SiloLiveness.Period, other, one);
        await other.Liveness.LeaveAsync(None);
        await other.Liveness.BeatAsync(None);
        await BeatAsync(SiloLiveness.Period, one);

        Assert.False(other.Liveness.MayJudge(other.Liveness.LastBeat));
        Assert.Equal(one.Now, one.Liveness.KnownAt(one.Now).Until);
        for (var silence = TimeSpan.Zero; silence <= 2 * Members.GoneAfter; silence += SiloLiveness.Period)
        {
            await BeatAsync(SiloLiveness.Period, one);
        }

        Assert.Empty(await _store.OutagesAsync(10, None));
    }

    [Fact]
    public async Task S29_While_outages_cannot_be_read_nothing_is_judged()
    {
        var silo = new Silo(_store);
        await BeatAsync(SiloLiveness.Period, silo);
        var lastWord = silo.Now;
        // The heartbeat, then the outages.
        _mishaps.Plan(2, Mishap.FailsBefore);
        silo.Clock.Advance(TimeSpan.FromSeconds(7));
        await Assert.ThrowsAsync<StoreException>(() => silo.Liveness.BeatAsync(None));
        Assert.False(silo.Liveness.MayJudge(silo.Now));

        await BeatAsync(TimeSpan.FromSeconds(1), silo);

        Assert.True(silo.Liveness.MayJudge(silo.Now));
        Assert.Equal([new Outage(lastWord, lastWord.AddSeconds(7))], silo.Liveness.Outages);
    }

    [Fact]
    public async Task S29_A_hanging_read_of_outages_does_not_delay_the_next_heartbeat()
    {
        var silo = new Silo(_store);
        await BeatAsync(SiloLiveness.Period, silo);
        // The heartbeat, then the outages.
        await HangsAsync(silo, TimeSpan.FromSeconds(7));
        await BeatAsync(SiloLiveness.Period, silo);

        Assert.True(silo.Liveness.MayJudge(silo.Now));
        Assert.Single(silo.Liveness.Outages);
    }

    [Fact]
    public async Task S29_A_hanging_record_of_a_gone_silo_does_not_delay_the_next_heartbeat()
    {
        var (one, other) = (new Silo(_store, new SiloMembership("one", TimeSpan.FromHours(1), _ => true)), new Silo(_store));
        await BeatAsync(SiloLiveness.Period, other, one);
        if (_isShared)
        {
            // The heartbeat, then the outages that it found.
            await HangsAsync(one, TimeSpan.FromSeconds(3));
        }

        await BeatAsync(TimeSpan.FromSeconds(1), one);
        await BeatAsync(TimeSpan.FromSeconds(1), one);

        Assert.Equal(_isShared ? 1 : 0, one.Liveness.Outages.Count);
        Assert.Equal(one.Now, one.Liveness.KnownAt(one.Now).Until);
    }

    [Fact]
    public async Task S29_Callers_that_ask_while_a_heartbeat_hangs_are_answered_by_the_next_one()
    {
        var silo = new Silo(_store);
        await BeatAsync(SiloLiveness.Period, silo);
        _mishaps.Plan(1, Mishap.HangsAndFails);
        silo.Clock.Advance(SiloLiveness.Period);
        var hanging = silo.Liveness.BeatAsync(None);
        await _mishaps.Hung;
        var others = Enumerable.Range(0, 16).Select(_ => silo.Liveness.BeatAsync(None)).ToList();
        silo.Clock.Advance(SiloLiveness.AnswerMax);

        await Assert.ThrowsAsync<StoreException>(() => hanging);
        await Task.WhenAll(others);

        Assert.Equal(["alive", "alive"], _mishaps.Calls);
        Assert.Equal(silo.Now, silo.Liveness.LastBeat);
    }

    /// <summary>The second store call of a heartbeat gets no answer, and the heartbeat is given up.</summary>
    private async Task HangsAsync(Silo silo, TimeSpan after)
    {
        _mishaps.Plan(2, Mishap.HangsAndFails);
        silo.Clock.Advance(after);
        var sign = silo.Liveness.BeatAsync(None);
        await _mishaps.Hung;
        silo.Clock.Advance(SiloLiveness.AnswerMax);
        var failure = await Assert.ThrowsAsync<StoreException>(() => sign.WaitAsync(TimeSpan.FromSeconds(20), None));
        Assert.Contains("no answer", failure.Message, StringComparison.Ordinal);
    }

    /// <summary>Advances every silo's clock; only these silos then write a heartbeat.</summary>
    private static async Task BeatAsync(TimeSpan by, params Silo[] silos)
    {
        foreach (var silo in silos)
        {
            silo.Clock.Advance(by);
            await silo.Liveness.BeatAsync(None);
        }
    }

    private sealed class Silo
    {
        public Silo(FaultyOperations store, SiloMembership? membership = null) =>
            Liveness = new SiloLiveness(store, new TrackerClock(Clock), membership ?? Members.Unknown());

        public ManualTimeProvider Clock { get; } = new();

        public DateTimeOffset Now => Clock.GetUtcNow();

        public SiloLiveness Liveness { get; }
    }
}
