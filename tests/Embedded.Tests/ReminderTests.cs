namespace ExecutionGrains.Embedded.Tests;

public sealed class ReminderTests : IDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private readonly InMemoryReminderTable _table = new();
    private readonly InMemoryGrainStateStore _states = new();
    private readonly Silo _silo;

    public ReminderTests() => _silo = new Silo(reminders: _table, states: _states);

    private ITicked Grain => _silo.Grain<ITicked>("3");

    public void Dispose() => _silo.Dispose();

    [Fact]
    public async Task A_reminder_ticks_first_after_its_due_time_and_then_every_period()
    {
        await _silo.Start();
        await Grain.Register(TimeSpan.FromSeconds(10), Minute);
        var first = _silo.Clock.GetUtcNow().UtcDateTime.AddSeconds(10);
        _silo.Clock.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(0, await Grain.Ticks());
        _silo.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, await Grain.Ticks());
        _silo.Clock.Advance(Minute);
        Assert.Equal(2, await Grain.Ticks());
        Assert.Equal(new TickStatus(first, Minute, first + Minute), await Grain.LastTick());
    }

    [Fact]
    public async Task A_reminder_outlives_its_silo_and_keeps_its_grid_without_making_up_for_missed_ticks()
    {
        await _silo.Start();
        await Grain.Register(Minute, 2 * Minute);
        await _silo.Stop();

        using var next = new Silo(reminders: _table, states: _states);
        next.Clock.Advance(10 * Minute);
        await next.Start();
        Assert.Equal(0, await next.Grain<ITicked>("3").Ticks());
        next.Clock.Advance(Minute);
        Assert.Equal(1, await next.Grain<ITicked>("3").Ticks());
    }

    [Fact]
    public async Task An_unregistered_reminder_ticks_no_more()
    {
        await _silo.Start();
        await Grain.Register(Minute, Minute);
        Assert.Equal(["sweep"], await Grain.Reminders());
        await Grain.Unregister();
        Assert.Empty(await Grain.Reminders());
        _silo.Clock.Advance(3 * Minute);
        Assert.Equal(0, await Grain.Ticks());
    }

    [Fact]
    public async Task Registering_a_reminder_again_replaces_it()
    {
        await _silo.Start();
        await Grain.Register(Minute, Minute);
        await Grain.Register(5 * Minute, Minute);
        _silo.Clock.Advance(4 * Minute);
        Assert.Equal(0, await Grain.Ticks());
        _silo.Clock.Advance(Minute);
        Assert.Equal(1, await Grain.Ticks());
    }

    [Fact]
    public async Task A_period_below_the_minimum_is_refused() =>
        await Assert.ThrowsAsync<ArgumentException>(() => Grain.Register(Minute, TimeSpan.FromSeconds(59)));

    [Fact]
    public async Task A_test_fires_a_reminder_itself_and_may_do_so_twice()
    {
        await Grain.Register(Minute, Minute);
        await _silo.Runtime.FireReminderAsync(Grain, "sweep");
        await _silo.Runtime.FireReminderAsync(Grain, "sweep");
        Assert.Equal(2, await Grain.Ticks());
        await Assert.ThrowsAsync<ReminderException>(() => _silo.Runtime.FireReminderAsync(Grain, "nothing"));
    }

    [Fact]
    public async Task Persistent_state_is_read_before_the_first_call_and_survives_a_crash()
    {
        await Grain.Register(Minute, Minute);
        await _silo.Runtime.FireReminderAsync(Grain, "sweep");
        Assert.True(_silo.Runtime.TryDrop(Grain));
        Assert.Equal(1, await Grain.Ticks());
    }

    [Fact]
    public async Task A_write_over_a_newer_row_is_refused_and_the_activation_is_given_up()
    {
        await Grain.Register(Minute, Minute);
        await _silo.Runtime.FireReminderAsync(Grain, "sweep");
        var row = await _states.ReadAsync("ticked/3", "ticks", CancellationToken.None);
        await _states.WriteAsync("ticked/3", "ticks", """{"Ticks":40}""", row!.Etag, CancellationToken.None);

        await Assert.ThrowsAsync<Orleans.Storage.InconsistentStateException>(() => _silo.Runtime.FireReminderAsync(Grain, "sweep"));
        Assert.Equal(40, await Grain.Ticks());
    }
}
