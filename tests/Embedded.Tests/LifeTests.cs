namespace ExecutionGrains.Embedded.Tests;

public sealed class LifeTests : IDisposable
{
    private readonly Silo _silo = new();

    public void Dispose() => _silo.Dispose();

    [Fact]
    public async Task An_exception_from_OnActivateAsync_fails_the_waiting_calls_and_the_next_call_tries_again()
    {
        _silo.World.FailNextActivation();
        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(() => _silo.Probe().Count());
        Assert.Equal("no activation today", thrown.Message);
        Assert.Equal(1, await _silo.Probe().Count());
        Assert.Equal(2, await _silo.Probe().Activations());
    }

    [Fact]
    public async Task DeactivateOnIdle_takes_effect_after_the_call_and_the_next_call_meets_a_new_activation()
    {
        await _silo.Probe().Count();
        await _silo.Probe().Leave();
        Assert.Equal(1, await _silo.Probe().Count());
        Assert.Equal(["deactivated a: ApplicationRequested"], _silo.World.Notes);
    }

    [Theory]
    [InlineData("throws")]
    [InlineData("hangs")]
    [InlineData("disposal")]
    public async Task However_badly_a_grain_leaves_it_and_its_services_are_disposed_of(string badly)
    {
        await _silo.Grain<IBadLeaver>("a").Leave(badly);
        if (badly == "hangs")
        {
            await _silo.World["leaving"].Entered;
            _silo.CallClock.Advance(TimeSpan.FromSeconds(31));
        }

        await _silo.World["gone"].Entered.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(["scope used", "grain disposed", "scope disposed"], _silo.World.Notes);
    }

    [Fact]
    public async Task Calls_that_wait_at_a_deactivating_grain_are_handed_to_its_successor()
    {
        await _silo.Probe().Count();
        var leaving = _silo.Probe().HoldAndLeave("1");
        await _silo.World["1"].Entered;
        var waiting = Enumerable.Range(0, 10).Select(_ => _silo.Probe().Count()).ToArray();
        var beside = _silo.Probe().CountBeside();
        _silo.World["1"].Open();
        await leaving;
        Assert.Equal(Enumerable.Range(1, 11), (await Task.WhenAll(waiting)).Append(await beside).Order());
        Assert.Equal(2, await _silo.Probe().Activations());
    }

    [Fact]
    public async Task Deactivation_waits_for_AlwaysInterleave_calls_but_not_for_those_that_never_end()
    {
        await _silo.Probe().Count();
        var endless = _silo.Probe().HoldBeside("never");
        await _silo.World["never"].Entered;
        await _silo.Probe().Leave();
        _silo.CallClock.Advance(TimeSpan.FromSeconds(29));
        var waiting = _silo.Probe().Count();
        Assert.False(endless.IsCompleted);
        Assert.False(waiting.IsCompleted);
        _silo.CallClock.Advance(TimeSpan.FromSeconds(2));
        await Assert.ThrowsAsync<TimeoutException>(() => endless);
        Assert.Equal(1, await waiting);
    }

    [Fact]
    public async Task Calls_wait_for_OnActivateAsync_and_none_is_lost_when_the_grain_is_asked_to_go_meanwhile()
    {
        var calls = Enumerable.Range(0, 5).Select(_ => _silo.Grain<ISlowStarter>("a").Count()).ToArray();
        await _silo.World["start"].Entered;
        Assert.DoesNotContain(calls, call => call.IsCompleted);
        var gone = _silo.Runtime.DeactivateAllAsync();
        _silo.World["start"].Open();
        await gone;
        Assert.All(await Task.WhenAll(calls), count => Assert.InRange(count, 1, 5));
    }

    [Fact]
    public async Task An_idle_activation_is_collected_after_its_age_with_OnDeactivateAsync()
    {
        await _silo.Start();
        await _silo.Probe().Count();
        _silo.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(1, _silo.Runtime.ActivationCounts[nameof(ProbeGrain)]);
        await _silo.Probe().Count();
        _silo.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(3, await _silo.Probe().Count());
        _silo.Clock.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal(1, await _silo.Probe().Count());
        Assert.Equal(["deactivated a: ActivationIdle"], _silo.World.Notes);
    }

    [Fact]
    public async Task An_activation_whose_call_runs_is_not_idle_however_long_it_takes()
    {
        await _silo.Start();
        var holding = _silo.Probe().Hold("1");
        await _silo.World["1"].Entered;
        _silo.Clock.Advance(TimeSpan.FromHours(1));
        _silo.World["1"].Open();
        await holding;
        Assert.Equal(1, await _silo.Probe().Activations());
    }

    [Fact]
    public async Task A_crash_takes_memory_without_OnDeactivateAsync()
    {
        await _silo.Probe().Count();
        await Task.WhenAll(_silo.Probe().Nothing());
        Assert.True(_silo.Runtime.TryDrop(_silo.Probe()));
        Assert.Equal(1, await _silo.Probe().Count());
        Assert.Empty(_silo.World.Notes);
    }

    [Fact]
    public async Task No_call_is_lost_when_activations_vanish_at_random()
    {
        using var silo = new Silo(o => (o.DeactivateAtRandom, o.RandomSeed) = (0.3, 7));
        var callers = Enumerable.Range(0, 8).Select(n => Task.Run(async () =>
        {
            for (var i = 0; i < 300; i++)
            {
                await silo.Probe($"k{i % 3}").CountWithPauses(n % 3);
            }
        }));
        await Task.WhenAll(callers);
        Assert.True(await silo.Probe("k0").Activations() > 1);
        Assert.Empty(silo.World.Notes);
    }

    [Fact]
    public async Task No_call_is_lost_when_grains_leave_under_load()
    {
        var callers = Enumerable.Range(0, 8).Select(n => Task.Run(async () =>
        {
            for (var i = 0; i < 300; i++)
            {
                await (i % 5 == n % 5 ? _silo.Probe().Leave() : _silo.Probe().CountWithPauses(2));
            }
        }));
        await Task.WhenAll(callers);
        await _silo.Runtime.DeactivateAllAsync();
        Assert.Equal(_silo.World.Activations["a"], _silo.World.Notes.Count);
    }

    [Fact]
    public async Task A_stopping_silo_refuses_new_calls_waits_for_running_ones_and_deactivates_everything()
    {
        await _silo.Start();
        var holding = _silo.Probe().Hold("1");
        await _silo.World["1"].Entered;
        var stopping = _silo.Stop();
        await Assert.ThrowsAsync<SiloUnavailableException>(() => _silo.Probe().Count());
        Assert.False(stopping.IsCompleted);
        _silo.World["1"].Open();
        Assert.Equal("1", await holding);
        await stopping;
        Assert.Equal(["deactivated a: ShuttingDown"], _silo.World.Notes);
        Assert.Equal(0, _silo.Runtime.ActivationCounts[nameof(ProbeGrain)]);
    }

    [Fact]
    public async Task A_stopping_silo_gives_up_waiting_when_its_token_says_so()
    {
        var holding = _silo.Probe().Hold("1");
        await _silo.World["1"].Entered;
        await _silo.Stop(new CancellationToken(canceled: true));
        await Assert.ThrowsAsync<SiloUnavailableException>(() => _silo.Probe().Count());
        await Assert.ThrowsAsync<SiloUnavailableException>(() => holding);
    }

    [Fact]
    public void Options_out_of_bounds_are_refused_all_at_once()
    {
        var refused = Assert.Throws<ArgumentException>(() => new Silo(o => (o.ResponseTimeout, o.DeactivateAtRandom) = (TimeSpan.Zero, 2)));
        Assert.Contains("ResponseTimeout", refused.Message, StringComparison.Ordinal);
        Assert.Contains("DeactivateAtRandom", refused.Message, StringComparison.Ordinal);
    }
}
