using System.Text.Json;
using ExecutionGrains.Rules;
using ExecutionGrains.Storage.Access;
using ExecutionGrains.Storage.Auditing;
using ExecutionGrains.Storage.Commits;
using Xunit;
using static ExecutionGrains.Storage.Tests.Make;

namespace ExecutionGrains.Storage.Tests;

/// <summary>What grains and silos require of any store, including the simulation's. Each test has its own store.</summary>
public abstract class CommitContract : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;

    protected abstract IExecutionStore Store { get; }

    protected abstract IOperationsStore Operations { get; }

    protected IAccessStore Access => (IAccessStore)Operations;

    public abstract ValueTask InitializeAsync();

    public abstract ValueTask DisposeAsync();

    [Fact]
    public async Task A_state_round_trips()
    {
        var state = State("all") with
        {
            Facts = new()
            {
                Workflow = "etl",
                TriggerType = "cron",
                Labels = new() { ["b"] = "2", ["a"] = "ü\"" },
                ExplicitTrace = false,
                HeartbeatTimeoutSeconds = 0,
                Idempotent = true,
                MaxAttempts = 3,
            },
            Status = ExecutionStatus.Lost,
            Epoch = 3,
            Worker = new("w", null),
            StartedAt = T0.AddTicks(10),
            TotalCost = 1.50m,
            Cause = Cause.LostAfterStart,
            Path = FinalizationPath.Lost,
            Progress = new(12.5, "half"),
            Cancel = new(null, "bob", T0),
            LastStarted = new("s", "b", null, T0, T0, null, false),
            Resolution = new(Resolution.Recovered, "why", "eve", T0),
            Epochs = [new(1, "w", "i", T0, T0, T0, ExecutionStatus.Failed, FinalizationPath.ForceFailed, Cause.Reported, "x", null, null)],
            LateCount = 4,
            Followed = true,
        };
        await Commit(First(state));
        var read = await Store.LoadAsync(state.Id, None);
        Assert.Equal(JsonSerializer.Serialize(state), JsonSerializer.Serialize(read));
    }

    [Fact]
    public async Task Times_round_trip_to_the_microsecond()
    {
        var step = Step("s1", 1) with { StartedAt = T0.AddTicks(19), EndedAt = T0.AddTicks(21) };
        await Commit(First(
            State("a") with { StartedAt = T0.AddTicks(19), LastStarted = new("s", "b", null, T0.AddTicks(9), T0.AddTicks(11), null, false) },
            History(1) with { At = T0.AddTicks(19) },
            new Effect.Step(step, true)));
        var read = await Store.LoadAsync(new("a"), None);
        Assert.Equal((T0.AddTicks(10), T0, T0.AddTicks(10)), (read!.StartedAt, read.LastStarted!.At, read.LastStarted.StartedAt));
        Assert.Equal(T0.AddTicks(10), Assert.Single(await HistoryAsync(read)).At);
        Assert.Equal((T0.AddTicks(10), T0.AddTicks(20)), (Assert.Single(await StepsAsync(read)).StartedAt, (await StepsAsync(read))[0].EndedAt));
        await Commit(Next(read, new Effect.Step(step with { EndedAt = T0.AddTicks(31) }, false)));
        Assert.Equal(T0.AddTicks(30), Assert.Single(await StepsAsync(read)).EndedAt);
    }

    [Fact]
    public async Task A_missing_execution_is_null() => Assert.Null(await Store.LoadAsync(new("nobody"), None));

    [Fact]
    public async Task An_append_on_another_version_writes_nothing()
    {
        var state = State("a");
        await Commit(First(state));
        var outcome = await One(Next(state with { Revision = 5 }, History(1, "e")));
        Assert.IsType<AppendOutcome.VersionMismatch>(outcome);
        Assert.IsType<AppendOutcome.VersionMismatch>(await One(First(state)));
        Assert.IsType<AppendOutcome.VersionMismatch>(await One(Next(State("unborn"))));
        Assert.Empty(await HistoryAsync(state));
    }

    [Fact]
    public async Task A_taken_event_id_writes_nothing_and_is_returned_with_its_commit()
    {
        var state = State("a");
        await Commit(First(state, History(1, "e1")));
        var outcome = await One(Next(state, History(2, "e1")) with { NewEvents = [new(1, "e0"), new(1, "e1")] });
        var found = Assert.IsType<AppendOutcome.IdsTaken>(outcome);
        var prior = Assert.Single(found.Events);
        Assert.Equal(("e1", 7L, Result.Applied), (prior.EventId, prior.CommitId, prior.Result));
        Assert.Equal([1, 2, 3], prior.Hash);
        Assert.Equal(1, (await Store.LoadAsync(state.Id, None))!.Revision);
    }

    [Fact]
    public async Task D05_An_event_id_is_unique_in_its_epoch()
    {
        var state = State("a");
        await Commit(First(state, History(1, "e")));
        Assert.Equal(AppendOutcome.Committed.Instance, await One(Next(state, History(2, "e") with { Epoch = 2 }) with { NewEvents = [new(2, "e")] }));
        state = state with { Revision = state.Revision + 1 };

        var found = Assert.IsType<AppendOutcome.IdsTaken>(await One(Next(state) with { NewEvents = [new(1, "e"), new(2, "e"), new(3, "e")] }));

        Assert.Equal([1, 2], found.Events.Select(e => e.Epoch).Order());
    }

    [Fact]
    public async Task A_taken_step_id_and_a_taken_rejection_write_nothing()
    {
        var state = State("a");
        var step = Step("s1", 1) with { Cost = 0.10m, Input = [9] };
        await Commit(First(state, new Effect.Step(step, true), new Effect.Rejection(Code.Conflict, 1, "e", "log", "no", T0)));
        var found = Assert.IsType<AppendOutcome.IdsTaken>(await One(Next(state) with
        {
            NewSteps = [new(1, "s1"), new(1, "s2")],
            NewRejections = [new(Code.Conflict, 1, "e"), new(Code.StaleEpoch, 1, "e"), new(Code.Conflict, 2, "e")],
        }));
        Assert.Equal("0.10", Assert.Single(found.Steps).Cost.ToString());
        Assert.Equal(new StoredRejection(Code.Conflict, 1, "e"), Assert.Single(found.Rejections));
        Assert.Equal(1, (await Store.LoadAsync(state.Id, None))!.Revision);
    }

    [Fact]
    public async Task Taken_ids_of_an_append_are_returned_and_other_appends_are_written()
    {
        var (a, b, c, d) = (State("a"), State("b"), State("c"), State("d"));
        await Store.CommitAsync([First(a, History(1, "e1")), First(b, History(1, "e1")), First(c, new Effect.Step(Step("s1", 1), true)), First(d)], None);
        var outcomes = await Store.CommitAsync(
            [
                Next(a, History(2, "e1")) with { NewEvents = [new(1, "e1")] },
                Next(b, History(2, "e2"), new Effect.Step(Step("s1", 1), true)) with { NewEvents = [new(1, "e2")], NewSteps = [new(1, "s1")] },
                Next(c, new Effect.Step(Step("s1", 2), true)) with { NewSteps = [new(1, "s1")] },
                Next(d, History(1, "e1")) with { NewEvents = [new(1, "e1")] },
            ],
            None);
        Assert.Equal("e1", Assert.Single(Assert.IsType<AppendOutcome.IdsTaken>(outcomes[0]).Events).EventId);
        Assert.IsType<AppendOutcome.Committed>(outcomes[1]);
        Assert.Equal("s1", Assert.Single(Assert.IsType<AppendOutcome.IdsTaken>(outcomes[2]).Steps).StepId);
        Assert.IsType<AppendOutcome.Committed>(outcomes[3]);
        Assert.Equal([1L, 2, 1, 2], (await Store.RevisionsAsync([a.Id, b.Id, c.Id, d.Id], None)).OrderBy(r => r.Key.Value).Select(r => r.Value));
        Assert.Single(await HistoryAsync(a));
        Assert.Equal(2, (await HistoryAsync(b)).Count);
    }

    [Fact]
    public async Task A_taken_id_that_the_append_only_asks_about_is_returned_too()
    {
        var state = State("a");
        await Commit(First(state, History(1, "e1"), new Effect.Step(Step("s1", 1), true)));
        var outcome = await One(Next(state, History(2)) with { NewEvents = [new(1, "e1")], NewSteps = [new(1, "s1")] });
        var found = Assert.IsType<AppendOutcome.IdsTaken>(outcome);
        Assert.Equal(("e1", "s1"), (Assert.Single(found.Events).EventId, Assert.Single(found.Steps).StepId));
        Assert.Single(await HistoryAsync(state));
    }

    [Fact]
    public async Task A_bad_append_fails_alone()
    {
        var (a, b, c) = (State("a"), State("b"), State("c"));
        var outcomes = await Store.CommitAsync([First(c), First(b, History(1), History(1)), First(a, History(1))], None);
        Assert.IsType<AppendOutcome.Committed>(outcomes[0]);
        Assert.IsType<AppendOutcome.Refused>(outcomes[1]);
        Assert.IsType<AppendOutcome.Committed>(outcomes[2]);
        Assert.Null(await Store.LoadAsync(b.Id, None));
        Assert.Single(await HistoryAsync(a));
    }

    [Fact]
    public async Task An_existing_step_is_replaced_and_not_inserted_again()
    {
        var (a, b) = (State("a"), State("b"));
        await Store.CommitAsync([First(a, new Effect.Step(Step("s1", 1), true)), First(b, new Effect.Step(Step("s1", 1), true))], None);
        var loaded = Step("s1", 1) with { Block = "load" };
        var outcomes = await Store.CommitAsync([Next(a, new Effect.Step(loaded with { Sequence = 2 }, true)), Next(b, new Effect.Step(loaded, false))], None);
        Assert.IsType<AppendOutcome.Refused>(outcomes[0]);
        Assert.IsType<AppendOutcome.Committed>(outcomes[1]);
        Assert.Equal(("extract", "load"), (Assert.Single(await StepsAsync(a)).Block, Assert.Single(await StepsAsync(b)).Block));
    }

    [Fact]
    public async Task A_gap_in_history_or_steps_is_refused_and_other_appends_are_written()
    {
        var (state, neighbour) = (State("a"), State("b"));
        Assert.IsType<AppendOutcome.Refused>(await One(First(state, History(2))));
        Assert.IsType<AppendOutcome.Refused>(await One(First(state, Begun(2))));
        await Commit(First(state, History(1, "e1"), Begun(1)));
        await Commit(First(neighbour));
        Effect[][] broken =
        [
            [History(3, "e3")], [History(1, "e9")], [History(2, "e2"), History(4, "e4")], [History(2, "e2"), History(2, "e9")],
            [Begun(3)], [Begun(1)], [Begun(2), Begun(4)],
        ];
        foreach (var effects in broken)
        {
            var outcomes = await Store.CommitAsync([Next(state, effects), Next(neighbour)], None);
            Assert.IsType<AppendOutcome.Refused>(outcomes[0]);
            Assert.IsType<AppendOutcome.Committed>(outcomes[1]);
            neighbour = neighbour with { Revision = neighbour.Revision + 1 };
        }

        await Commit(Next(state, History(2, "e2"), Begun(2)));
        Assert.Equal(["e1", "e2"], (await HistoryAsync(state)).Select(h => h.EventId));
        Assert.Equal([1, 2], (await StepsAsync(state)).Select(s => s.Sequence));

        static Effect.Step Begun(int sequence) => new(Step($"s{sequence} of {Guid.NewGuid()}", sequence), IsNew: true);
    }

    [Fact]
    public async Task Taking_an_event_id_twice_is_refused_and_a_row_that_takes_none_may_have_any()
    {
        var (a, b) = (State("a"), State("b"));
        var none = History(1, "e") with { TakesEventId = false };
        var outcomes = await Store.CommitAsync(
            [First(a, History(1, "e"), History(2, "e")) with { NewEvents = [new(1, "e")] }, First(b, none, none with { Sequence = 2 }, History(3, "e"))], None);
        Assert.IsType<AppendOutcome.Refused>(outcomes[0]);
        Assert.IsType<AppendOutcome.Committed>(outcomes[1]);
        Assert.Null(await Store.LoadAsync(a.Id, None));
        Assert.Equal(3, (await HistoryAsync(b)).Count);
    }

    [Fact]
    public async Task Revisions_are_read_for_many_ids_at_once_and_unknown_ones_are_omitted()
    {
        var (a, b) = (State("a"), State("b"));
        await Commit(First(a));
        await Commit(First(b));
        await Commit(Next(b));
        var revisions = await Store.RevisionsAsync([a.Id, b.Id, new("unborn")], None);
        Assert.Equal([(a.Id, 1L), (b.Id, 2L)], revisions.OrderBy(r => r.Value).Select(r => (r.Key, r.Value)));
        Assert.Empty(await Store.RevisionsAsync([], None));
    }

    [Fact]
    public async Task A_commit_is_read_back_by_its_id()
    {
        var state = State("a");
        await Commit(First(state, History(1)));
        Assert.True(await Store.WasCommittedAsync(state, 1, 7, None));
        Assert.False(await Store.WasCommittedAsync(state, 1, 8, None));
        Assert.False(await Store.WasCommittedAsync(state, 2, 7, None));
    }

    [Fact]
    public async Task Due_executions_are_listed_most_overdue_first()
    {
        var states = Enumerable.Range(0, 100).Select(i => State($"x{i}") with { Status = ExecutionStatus.Running }).ToArray();
        await Store.CommitAsync([.. states.Select((s, i) => First(s) with { DueAt = T0.AddSeconds(-i) })], None);
        var all = new List<ExecutionId>();
        for (var bucket = 0; bucket < 16; bucket++)
        {
            var due = await Store.DueAsync(bucket, T0.AddSeconds(-50), null, 1000, None);
            Assert.Equal(due.OrderBy(d => d.DueAt), due);
            all.AddRange(due.Select(d => d.Id));
        }

        Assert.Equal(50, all.Distinct().Count());
        Assert.Equal((100L, 50L), await Store.CountDueAsync(T0.AddSeconds(-50), None));
    }

    [Fact]
    public async Task Open_steps_are_closed_never_before_their_start()
    {
        var state = State("a");
        var later = Step("later", 2) with { StartedAt = T0.AddMinutes(2) };
        var late = Step("late", 3) with { StartedAt = T0.AddHours(1) };
        var done = Step("done", 4) with { Status = StepStatus.Failed, EndedAt = T0 };
        await Commit(First(state, new Effect.Step(Step("s", 1), true), new Effect.Step(later, true), new Effect.Step(late, true), new Effect.Step(done, true)));
        await Commit(Next(state, new Effect.CloseOpenSteps(1, StepStatus.Incomplete, T0.AddMinutes(1), T0.AddMinutes(3))));
        var steps = await StepsAsync(state);
        Assert.Equal([T0.AddMinutes(1), T0.AddMinutes(3), T0.AddHours(1), T0], steps.Select(s => s.EndedAt!.Value));
        Assert.Equal([T0.AddMinutes(3), T0.AddMinutes(3), T0.AddMinutes(3), null], steps.Select(s => s.TrackerEndedAt));
        Assert.Equal([StepStatus.Incomplete, StepStatus.Incomplete, StepStatus.Incomplete, StepStatus.Failed], steps.Select(s => s.Status));
    }

    [Fact]
    public async Task Each_restore_has_its_own_mark_id()
    {
        await Operations.MarkRestoredAsync(None);
        var first = await Operations.SettingAsync(RestoreMark.Setting, () => [], None);
        await Operations.MarkRestoredAsync(None);
        Assert.NotEmpty(first);
        Assert.NotEqual(first, await Operations.SettingAsync(RestoreMark.Setting, () => [], None));
    }

    [Fact]
    public async Task A_heartbeat_after_a_long_silence_stores_the_outage()
    {
        var after = TimeSpan.FromSeconds(6);
        Assert.Equal((null, 0), Told(await Operations.AliveAsync("one", T0, after, None)));
        Assert.Equal((T0, 0), Told(await Operations.AliveAsync("one", T0.AddSeconds(6), after, None)));
        Assert.Empty(await Operations.OutagesAsync(10, None));
        Assert.Equal((T0.AddSeconds(6), 1), Told(await Operations.AliveAsync("two", T0.AddSeconds(13), after, None)));
        Assert.Equal((T0.AddSeconds(13), 1), Told(await Operations.AliveAsync("two", T0.AddSeconds(14), after, None)));
        Assert.Equal((T0.AddSeconds(14), 2), Told(await Operations.AliveAsync("two", T0.AddSeconds(30), after, None)));
        Assert.Equal([new Outage(T0.AddSeconds(6), T0.AddSeconds(13)), new(T0.AddSeconds(14), T0.AddSeconds(30))], await Operations.OutagesAsync(10, None));
        Assert.Equal([new Outage(T0.AddSeconds(14), T0.AddSeconds(30))], await Operations.OutagesAsync(1, None));

        static (DateTimeOffset?, long) Told(SignOfLife sign) => (sign.Before, sign.OutageCount);
    }

    [Fact]
    public async Task A_heartbeat_that_a_wrong_clock_wrote_in_the_future_hides_no_outage_and_moves_no_clock()
    {
        var after = TimeSpan.FromSeconds(6);
        await Operations.AliveAsync("one", T0, after, None);
        await Operations.AliveAsync("ahead", T0.AddDays(365), after, None);

        var sign = await Operations.AliveAsync("two", T0.AddSeconds(20), after, None);

        Assert.Equal(T0, sign.Before);
        Assert.Contains(new Outage(T0, T0.AddSeconds(20)), await Operations.OutagesAsync(10, None));
    }

    [Fact]
    public async Task A_silo_that_was_silent_longer_than_the_others_stores_its_own_outage()
    {
        var after = TimeSpan.FromSeconds(6);
        await Operations.AliveAsync("one", T0, after, None);
        foreach (var second in (int[])[2, 4, 6])
        {
            var sign = await Operations.AliveAsync("two", T0.AddSeconds(second), after, None);
            Assert.Equal(Store.IsShared ? [("one", T0)] : [], Signs(sign));
        }

        var back = await Operations.AliveAsync("one", T0.AddSeconds(7), after, None);

        Assert.Equal(Store.IsShared ? [("two", T0.AddSeconds(6))] : [], Signs(back));
        Assert.Equal(Store.IsShared ? [new Outage(T0, T0.AddSeconds(7))] : [], await Operations.OutagesAsync(10, None));
    }

    [Fact]
    public async Task A_gone_silos_silence_is_stored_as_an_outage_once_and_not_if_it_wrote_a_heartbeat_since()
    {
        // A store of a single silo has no other silo to declare gone.
        Outage[] found = Store.IsShared ? [new Outage(T0.AddSeconds(2), T0.AddSeconds(5))] : [];
        (string, DateTimeOffset)[] back = Store.IsShared ? [("one", T0.AddSeconds(12))] : [];
        var after = TimeSpan.FromSeconds(6);
        await Operations.AliveAsync("one", T0, after, None);
        await Operations.AliveAsync("two", T0.AddSeconds(3), after, None);
        await Operations.AliveAsync("one", T0.AddSeconds(2), after, None);
        await Operations.GoneAsync("one", T0, T0.AddSeconds(4), None);
        Assert.Empty(await Operations.OutagesAsync(10, None));

        await Operations.GoneAsync("one", T0.AddSeconds(2), T0.AddSeconds(5), None);
        await Operations.GoneAsync("one", T0.AddSeconds(2), T0.AddSeconds(6), None);

        Assert.Equal(found, await Operations.OutagesAsync(10, None));
        var sign = await Operations.AliveAsync("two", T0.AddSeconds(7), after, None);
        Assert.Empty(sign.Others);
        Assert.Equal(found.Length, sign.OutageCount);

        // A delayed old heartbeat does not bring the silo back; a new one does, and its silence is already recorded.
        await Operations.AliveAsync("one", T0.AddSeconds(5), after, None);
        Assert.Empty((await Operations.AliveAsync("two", T0.AddSeconds(8), after, None)).Others);
        Assert.Equal(found.Length, (await Operations.AliveAsync("one", T0.AddSeconds(12), after, None)).OutageCount);
        Assert.Equal(back, Signs(await Operations.AliveAsync("two", T0.AddSeconds(13), after, None)));
    }

    [Fact]
    public async Task A_leaving_silo_is_no_outage_and_no_silo_waits_for_it()
    {
        var after = TimeSpan.FromSeconds(6);
        await Operations.AliveAsync("one", T0, after, None);
        await Operations.AliveAsync("two", T0.AddSeconds(1), after, None);
        await Operations.LeaveAsync("one", T0.AddSeconds(2), None);
        await Operations.AliveAsync("one", T0.AddSeconds(1), after, None);
        await Operations.GoneAsync("one", T0.AddSeconds(1), T0.AddSeconds(3), None);
        await Operations.AliveAsync("two", T0.AddSeconds(6), after, None);

        Assert.Empty((await Operations.AliveAsync("two", T0.AddSeconds(8), after, None)).Others);
        Assert.Empty(await Operations.OutagesAsync(10, None));
    }

    [Fact]
    public async Task A_late_heartbeat_does_not_replace_a_newer_one()
    {
        var after = TimeSpan.FromSeconds(6);
        await Operations.AliveAsync("one", T0.AddSeconds(10), after, None);
        await Operations.AliveAsync("one", T0.AddSeconds(2), after, None);
        Assert.Equal(T0.AddSeconds(10), (await Operations.AliveAsync("two", T0.AddSeconds(12), after, None)).Before);
        Assert.Empty(await Operations.OutagesAsync(10, None));
    }

    [Fact]
    public async Task D22_A_deleted_execution_is_gone_and_its_id_is_not_reused_before_its_tombstone_expires()
    {
        var (state, other) = (State("a") with { Facts = new() { Workflow = "etl", Labels = new() { ["k"] = "v" } } }, State("b"));
        await Commit(First(other, History(1, "e1"), new Effect.Step(Step("s1", 1), true)));
        await Commit(First(state, History(1, "e1"), new Effect.Step(Step("s1", 1), true), new Effect.Log(1, "e1", T0, T0, 1, Severity.Info, null, null, "m")));
        await Commit(Next(
            state, History(2), new Effect.Rejection(Code.Conflict, 1, "e", "log", "no", T0), new Effect.Evidence(1, 1, "l", "log", T0, T0, [1]),
            new Effect.FinalPayload(1, [1], [2])));

        Assert.True(await Store.DeleteAsync(Deleted(state with { Revision = 2 }), None));

        Assert.Null(await Store.LoadAsync(state.Id, None));
        Assert.Empty(await HistoryAsync(state));
        Assert.Empty(await StepsAsync(state));
        Assert.Equal(("e1", "s1"), (Assert.Single(await HistoryAsync(other)).EventId, Assert.Single(await StepsAsync(other)).StepId));
        Assert.IsType<AppendOutcome.Forgotten>(await One(First(state) with { IdHash = Hash("a") }));
        var outcomes = await Store.CommitAsync(
            [First(state) with { IdHash = Hash("a") }, First(State("c")) with { IdHash = Hash("c") }, First(other) with { IdHash = Hash("b") }], None);
        Assert.IsType<AppendOutcome.Forgotten>(outcomes[0]);
        Assert.IsType<AppendOutcome.Committed>(outcomes[1]);
        Assert.IsType<AppendOutcome.VersionMismatch>(outcomes[2]);

        var later = state with { CreatedAt = Life };
        Assert.IsType<AppendOutcome.Committed>(await One(First(later, History(1, "e1"), new Effect.Step(Step("s1", 1), true)) with { IdHash = Hash("a") }));
    }

    [Fact]
    public async Task D22_A_conflicting_deletion_or_one_of_a_missing_execution_deletes_nothing()
    {
        var state = State("a");
        await Commit(First(state, History(1, "e1")));
        await Commit(Next(state, History(2, "e2")));

        Assert.False(await Store.DeleteAsync(Deleted(state), None));
        Assert.False(await Store.DeleteAsync(Deleted(State("nobody")), None));

        Assert.Equal(2, (await HistoryAsync(state)).Count);
        Assert.IsType<AppendOutcome.VersionMismatch>(await One(First(state) with { IdHash = Hash("a") }));
        Assert.IsType<AppendOutcome.Committed>(await One(First(State("nobody")) with { IdHash = Hash("nobody") }));
    }

    [Fact]
    public async Task D22_Event_ids_stay_taken_when_another_execution_is_deleted()
    {
        var (first, second) = (State("a"), State("b"));
        await Commit(First(first, History(1, "a1"), new Effect.Step(Step("s1", 1), true)));
        await Commit(First(second, [.. Enumerable.Range(1, 5).Select(i => History(i, $"b{i}"))]));

        Assert.True(await Store.DeleteAsync(Deleted(second), None));
        var third = State("c");
        await Commit(First(third, History(1, "c1"), new Effect.Step(Step("s1", 1), true)));

        await Taken();
        await ReopenAsync();
        await Taken();

        async Task Taken()
        {
            Assert.Single(Assert.IsType<AppendOutcome.IdsTaken>(await One(Next(first) with { NewEvents = [new(1, "a1"), new(1, "b1"), new(1, "c1")] })).Events);
            var found = Assert.IsType<AppendOutcome.IdsTaken>(
                await One(Next(third) with { NewEvents = [new(1, "a1"), new(1, "b1"), new(1, "c1")], NewSteps = [new(1, "s1")] }));
            Assert.Equal(("c1", "s1"), (Assert.Single(found.Events).EventId, Assert.Single(found.Steps).StepId));
        }
    }

    /// <summary>When the tombstones of <see cref="Deleted"/> expire.</summary>
    protected static readonly DateTimeOffset Life = T0.AddDays(1);

    protected static Deletion Deleted(ExecutionState state) =>
        new(state, Hash(state.Id.Value), Life, new AuditRow(T0, "ann", "delete", state.Id.Value, state.Namespace, null));

    protected static byte[] Hash(string id) => System.Security.Cryptography.MD5.HashData(System.Text.Encoding.UTF8.GetBytes(id));

    /// <summary>Reopens the store, if it is persistent.</summary>
    protected virtual Task ReopenAsync() => Task.CompletedTask;

    private static (string, DateTimeOffset)[] Signs(SignOfLife sign) => [.. sign.Others.Select(other => (other.Key, other.Value)).Order()];

    /// <summary>The first ten rows of an execution's history.</summary>
    protected abstract Task<IReadOnlyList<Effect.History>> HistoryAsync(ExecutionState state);

    /// <summary>The first ten.</summary>
    protected abstract Task<IReadOnlyList<StepRow>> StepsAsync(ExecutionState state);

    protected async Task Commit(Append append) => Assert.IsType<AppendOutcome.Committed>(await One(append));

    protected async Task<AppendOutcome> One(Append append) => (await Store.CommitAsync([append], None))[0];
}
