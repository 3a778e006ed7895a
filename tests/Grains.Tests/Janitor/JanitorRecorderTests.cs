namespace ExecutionGrains.Grains.Tests.Janitor;

/// <summary>The stored record contains every sweep exactly once, however its writes fail.</summary>
public sealed class JanitorRecorderTests : IDisposable
{
    private readonly World _w = new();
    private readonly StoredRow _row = new();
    private int _sweeps;

    public void Dispose() => _w.Dispose();

    [Fact]
    public async Task A_new_activation_continues_the_stored_record()
    {
        var (_, first) = await ActivateAsync();
        await first.AddAsync(Sweep(found: 3, acted: 2));
        var (_, second) = await ActivateAsync();
        Assert.Equal((3, 2), (second.Record.Found, second.Record.Acted));

        await second.AddAsync(Sweep(found: 4, acted: 1));

        Assert.Equal((7, 3), (_row.Record.Found, _row.Record.Acted));
        Assert.Equal([1, 2], _row.Record.Recent.Select(sweep => sweep.Acted));
    }

    [Fact]
    public async Task A_recorder_may_be_created_before_its_state_is_read()
    {
        _row.Record = new() { Found = 5 };
        var state = new StoredRecord(_row);
        var recorder = new JanitorRecorder(3, state, _w.Log);
        await state.ReadStateAsync();
        Assert.Equal(5, recorder.Record.Found);
    }

    [Fact]
    public async Task Two_activations_that_write_at_the_same_time_neither_lose_nor_duplicate_a_sweep()
    {
        var (_, one) = await ActivateAsync();
        var (_, other) = await ActivateAsync();
        await one.AddAsync(Sweep(found: 1));
        await other.AddAsync(Sweep(found: 10));
        await one.AddAsync(Sweep(found: 100));
        Assert.Equal(111, _row.Record.Found);
        Assert.Equal(111, one.Record.Found);
    }

    [Fact]
    public async Task A_sweep_that_could_not_be_stored_is_shown_at_once_and_stored_with_the_next()
    {
        var (state, recorder) = await ActivateAsync();
        state.Refuses = true;
        await recorder.AddAsync(Sweep(found: 1));
        await recorder.AddAsync(Sweep(found: 10));
        Assert.Equal((0, 11), (_row.Record.Found, recorder.Record.Found));

        state.Refuses = false;
        await recorder.AddAsync(Sweep(found: 100));
        Assert.Equal((111, 111), (_row.Record.Found, recorder.Record.Found));
    }

    [Fact]
    public async Task A_write_whose_answer_got_lost_is_counted_once()
    {
        var (state, recorder) = await ActivateAsync();
        state.AnswersToLose = 1;
        await recorder.AddAsync(Sweep(found: 1));
        await recorder.AddAsync(Sweep(found: 10));
        Assert.Equal(11, _row.Record.Found);
    }

    [Fact]
    public async Task A_write_whose_answer_got_lost_is_counted_once_even_if_another_activation_has_written_since()
    {
        var (state, recorder) = await ActivateAsync();
        state.AnswersToLose = 1;
        await recorder.AddAsync(Sweep(found: 1));
        var (_, other) = await ActivateAsync();
        await other.AddAsync(Sweep(found: 10));
        await recorder.AddAsync(Sweep(found: 100));
        Assert.Equal(111, _row.Record.Found);
    }

    [Fact]
    public async Task A_write_that_arrives_after_it_was_given_up_is_counted_once()
    {
        var (state, recorder) = await ActivateAsync();
        state.UnderWay = new();
        await recorder.AddAsync(Sweep(found: 1));
        await recorder.AddAsync(Sweep(found: 10));
        var late = state.UnderWay.Dequeue();
        state.UnderWay = null;
        late();
        await recorder.AddAsync(Sweep(found: 100));
        Assert.Equal(111, _row.Record.Found);
    }

    [Fact]
    public async Task A_long_outage_of_the_store_drops_the_oldest_sweeps_and_bounds_memory()
    {
        var (state, recorder) = await ActivateAsync();
        state.Refuses = true;
        for (var i = 0; i < 1_500; i++)
        {
            await recorder.AddAsync(Sweep(found: 1));
        }

        state.Refuses = false;
        await recorder.AddAsync(Sweep(found: 1));
        Assert.Equal(1_000, _row.Record.Found);
    }

    [Fact]
    public async Task A_record_that_conflicts_at_every_attempt_fails_no_sweep()
    {
        var (_, recorder) = await ActivateAsync();
        _row.Version++;
        await recorder.AddAsync(Sweep(found: 1));
        Assert.Equal(1, _row.Record.Found);
    }

    private async Task<(StoredRecord State, JanitorRecorder Recorder)> ActivateAsync()
    {
        var state = new StoredRecord(_row);
        await state.ReadStateAsync();
        return (state, new JanitorRecorder(3, state, _w.Log));
    }

    private SweepReport Sweep(int found, int acted = 0) => new(DateTimeOffset.UnixEpoch.AddMinutes(++_sweeps), found, acted, Paused: false, Held: false);
}
