namespace ExecutionGrains.Embedded.Tests;

public sealed class CallTests : IDisposable
{
    private readonly Silo _silo = new();

    public void Dispose() => _silo.Dispose();

    [Fact]
    public async Task The_first_call_activates_a_grain_and_later_calls_meet_the_same_one()
    {
        Assert.Equal(1, await _silo.Probe().Count());
        Assert.Equal(2, await _silo.Probe().Count());
        Assert.Equal(1, await _silo.Probe("b").Count());
        Assert.Equal(1, await _silo.Probe().Activations());
        Assert.Equal(2, _silo.Runtime.ActivationCounts[nameof(ProbeGrain)]);
    }

    [Fact]
    public async Task A_grain_and_a_reference_to_it_tell_the_same_key()
    {
        Assert.Equal("a", await _silo.Probe().Key());
        Assert.Equal("a", await _silo.Probe().KeyThroughReference());
        Assert.Equal("a", _silo.Probe().GetPrimaryKeyString());
    }

    [Fact]
    public async Task Calls_wait_while_another_awaits_because_grains_are_not_reentrant()
    {
        var first = _silo.Probe().Hold("1");
        await _silo.World["1"].Entered;
        var second = _silo.Probe().Hold("2");
        var third = _silo.Probe().Count();
        Assert.False(_silo.World["2"].Entered.IsCompleted);

        _silo.World["1"].Open();
        await first;
        await _silo.World["2"].Entered;
        Assert.False(third.IsCompleted);
        _silo.World["2"].Open();
        await second;
        Assert.Equal(1, await third);
    }

    [Fact]
    public async Task An_AlwaysInterleave_call_starts_while_another_call_awaits()
    {
        var holding = _silo.Probe().Hold("1");
        await _silo.World["1"].Entered;
        Assert.Equal(1, await _silo.Probe().CountBeside());
        Assert.False(holding.IsCompleted);
        _silo.World["1"].Open();
        await holding;
    }

    [Fact]
    public async Task A_call_starts_while_only_AlwaysInterleave_calls_await()
    {
        var holding = _silo.Probe().HoldBeside("1");
        await _silo.World["1"].Entered;
        Assert.Equal(1, await _silo.Probe().Count());
        _silo.World["1"].Open();
        await holding;
    }

    [Fact]
    public async Task Turns_of_one_grain_never_overlap_and_calls_do_not_interleave_at_awaits()
    {
        var callers = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 50; i++)
            {
                await _silo.Probe().CountWithPauses(5);
            }
        }));
        await Task.WhenAll(callers);
        Assert.Equal(8 * 50 * 5 + 1, await _silo.Probe().Count());
    }

    [Fact]
    public async Task Continuations_after_await_run_on_the_grains_scheduler()
    {
        await _silo.Probe().Nothing();
        Assert.True(await _silo.Probe().IsOnItsScheduler());
    }

    [Fact]
    public async Task A_callers_synchronization_context_does_not_reach_into_the_grain()
    {
        await _silo.Probe().Nothing();
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(new SynchronizationContext());
        var call = _silo.Probe().IsOnItsScheduler();
        Assert.NotNull(SynchronizationContext.Current);
        SynchronizationContext.SetSynchronizationContext(before);
        Assert.True(await call);
    }

    [Fact]
    public async Task An_exception_reaches_the_caller_and_the_grain_lives_on()
    {
        await _silo.Probe().Count();
        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(() => _silo.Probe().Throw("oh"));
        Assert.Equal("oh", thrown.Message);
        Assert.Equal(2, await _silo.Probe().Count());
    }

    [Fact]
    public async Task A_method_may_return_a_ValueTask() => Assert.Equal(42, await _silo.Probe().Twice(21));

    [Fact]
    public async Task A_call_cycle_ends_with_a_TimeoutException()
    {
        var cycle = _silo.Probe("a").CallBack(_silo.Probe("b"));
        await _silo.World["called back"].Entered;
        Assert.False(cycle.IsCompleted);
        _silo.CallClock.Advance(TimeSpan.FromSeconds(31));
        await Assert.ThrowsAsync<TimeoutException>(() => cycle);
        await _silo.Probe("a").Nothing();
    }

    [Fact]
    public async Task A_call_that_expired_while_it_waited_is_never_made()
    {
        var holding = _silo.Probe().Hold("1");
        await _silo.World["1"].Entered;
        var expired = _silo.Probe().Count();
        _silo.CallClock.Advance(TimeSpan.FromSeconds(31));
        await Assert.ThrowsAsync<TimeoutException>(() => expired);
        await Assert.ThrowsAsync<TimeoutException>(() => holding);
        _silo.World["1"].Open();
        Assert.Equal(1, await _silo.Probe().Count());
    }

    [Fact]
    public void An_interface_without_a_grain_class_is_refused_when_the_reference_is_made() =>
        Assert.Throws<ArgumentException>(() => _silo.Grain<INobody>("a"));

    [Fact]
    public async Task Arguments_and_results_are_shared_unless_the_test_option_says_copy()
    {
        var values = new List<int> { 1 };
        _silo.World.LastKept = values;
        Assert.True(await _silo.Probe().Keep(values));
    }

    [Fact]
    public async Task Arguments_and_results_are_copied_unless_Immutable_as_between_silos()
    {
        using var silo = new Silo(o => o.CopyArguments = true);
        var values = new List<int> { 1, 2 };
        silo.World.LastKept = values;
        Assert.True(await silo.Probe().KeepImmutable(values));
        Assert.False(await silo.Probe().Keep(values));
        values.Add(3);
        var kept = await silo.Probe().Kept();
        Assert.Equal([1, 2], kept);
        kept.Clear();
        Assert.Equal([1, 2], await silo.Probe().Kept());
    }

    public interface INobody : IGrainWithStringKey;
}
