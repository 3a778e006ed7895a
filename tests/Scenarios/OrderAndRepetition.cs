using static ExecutionGrains.Scenarios.World;

namespace ExecutionGrains.Scenarios;

/// <summary>S01 to S14.</summary>
public abstract class OrderAndRepetition(StoreKind store) : Scenario(store)
{
    [Fact]
    public async Task S01_A_step_end_of_an_unknown_execution_creates_it_with_a_closed_step()
    {
        await using var w = await OpenAsync();

        Assert.Equal(Result.Applied, (await w.Report("x", StepEnd("s1", StepOutcome.Fail))).Result);

        var state = await w.State("x");
        Assert.Equal((ExecutionStatus.Running, "unknown", 1, 0), (state.Status, state.Workflow, state.StepCount, state.OpenStepCount));
        Assert.Equal(StepStatus.Failed, (await w.Step("x", "s1")).Status);
    }

    [Fact]
    public async Task S02_The_start_that_arrives_after_the_end_is_merged_and_reopens_nothing()
    {
        await using var w = await OpenAsync();
        await w.Create("x", facts: new() { Workflow = "import", ExplicitTrace = true });
        await w.Report("x", StepEnd("s1") with { Output = "1"u8.ToArray() });
        var ended = (await w.Step("x", "s1")).EndedAt;

        Assert.Equal(Result.Applied, (await w.Report("x", StepStart("s1", at: w.Now.AddSeconds(-5)))).Result);

        var step = await w.Step("x", "s1");
        Assert.Equal((StepStatus.Succeeded, "extract", w.Now.AddSeconds(-5), ended), (step.Status, step.Block, step.StartedAt, step.EndedAt));
        Assert.Equal("1"u8.ToArray(), step.Output);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task S03_The_end_reaches_a_grain_that_never_saw_the_start(bool crash)
    {
        await using var w = await OpenAsync();
        await w.Create("x", W1);
        await w.Report("x", StepStart("s1"));
        if (crash)
        {
            await w.Drop("x");
        }
        else
        {
            await w.DeactivateAll();
        }

        Assert.Equal(Result.Applied, (await w.Report("x", StepEnd("s1"))).Result);

        var step = await w.Step("x", "s1");
        Assert.Equal((StepStatus.Succeeded, "extract"), (step.Status, step.Block));
        Assert.Equal(0, (await w.State("x")).OpenStepCount);
    }

    [Fact]
    public async Task S05_The_ends_facts_about_the_start_win()
    {
        await using var w = await OpenAsync();
        await w.Create("x", W1, new() { Workflow = "import", ExplicitTrace = true });
        await w.Report("x", StepStart("s1") with { Input = "1"u8.ToArray() });

        await w.Report("x", StepEnd("s1") with { Input = "[1,2]"u8.ToArray(), Block = "extract-all" });

        var step = await w.Step("x", "s1");
        Assert.Equal("[1,2]"u8.ToArray(), step.Input);
        Assert.Equal("extract-all", step.Block);
    }

    [Fact]
    public async Task S06_The_same_start_twice_gets_the_same_answer_makes_one_row_and_is_announced_once()
    {
        await using var w = await OpenAsync();
        var first = await w.Create("x", W1);
        var before = (await w.State("x")).Version;
        w.Mishaps.Plan(null, default);

        var second = await w.Create("x", W1);

        Assert.Equal((Result.Applied, Result.Duplicate), (first.Result, second.Result));
        Assert.Equal((first.Status, first.Version, first.Epoch, first.Claimed), (second.Status, second.Version, second.Epoch, second.Claimed));
        Assert.Equal(before, (await w.State("x")).Version);
        // Without a commit there is no announcement.
        Assert.DoesNotContain("commit", w.Mishaps.Calls);
        Assert.Single((await w.Reads.ListAsync(new(), 10, null, TestContext.Current.CancellationToken)).Items);
        Assert.Equal(["execution.created", "execution.started"], (await w.History("x")).Select(h => h.Type));
        Assert.Equal(1, (await w.Figures()).ByStatus[ExecutionStatus.Running]);
    }

    [Fact]
    public async Task S06_The_same_start_reported_twice_and_its_end_twice_are_counted_as_one_end()
    {
        await using var w = await OpenAsync();
        var (start, end) = (new ExecutionEvent.ExecutionStarted { EventId = "start", Worker = W1 }, End(Outcome.Fail) with { EventId = "end" });
        Assert.Equal([Result.Applied, Result.Duplicate], (await w.ReportAll("x", 1, start, start)).Results.Select(r => r.Result));
        Assert.Equal(Result.Duplicate, (await w.Report("x", start)).Result);
        Assert.Equal([Result.Applied, Result.Duplicate], (await w.ReportAll("x", 1, end, end)).Results.Select(r => r.Result));
        Assert.Equal(Result.Duplicate, (await w.Report("x", end)).Result);

        Assert.Equal(1, w.Counted("executiongrains.executions.ended", ("status", "failed"), ("cause", "reported")));
        Assert.Equal(1, w.Counted("executiongrains.executions.ended"));
        Assert.Equal(
            (1, 2),
            (w.Counted("executiongrains.events", ("type", "execution.started"), ("result", "applied")),
                w.Counted("executiongrains.events", ("type", "execution.started"), ("result", "duplicate"))));
        Assert.Equal(["execution.created", "execution.started", "execution.completed"], (await w.History("x")).Select(h => h.Type));
        Assert.Equal(3, (await w.State("x")).Version);
    }

    [Fact]
    public async Task S07_The_same_end_twice_is_a_duplicate()
    {
        await using var w = await OpenAsync();
        await w.Create("x", W1);
        var end = End() with { EventId = "end" };
        Assert.Equal(Result.Applied, (await w.Report("x", end)).Result);
        var before = await w.State("x");

        Assert.Equal(Result.Duplicate, (await w.Report("x", end)).Result);

        Assert.Equal((before.Version, before.Revision), ((await w.State("x")).Version, (await w.State("x")).Revision));
    }

    [Fact]
    public async Task S04_Executions_of_which_half_never_end_leave_nothing_in_an_idle_silo()
    {
        // What remains in the silo does not depend on the store.
        var count = Store == StoreKind.Sqlite ? 100_000 : 5_000;
        await using var w = await OpenAsync();
        await Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = 512 }, async (i, _) =>
        {
            var answer = await w.ReportAll($"x{i}", 1, [StepStart("s1"), .. i % 2 == 0 ? [End()] : Array.Empty<ExecutionEvent>()]);
            Assert.All(answer.Results, r => Assert.Equal(Result.Applied, r.Result));
        });

        await w.Advance(TimeSpan.FromMinutes(4));
        await w.Idle();

        Assert.Equal(0, await w.Activations());
    }

    [Fact]
    public async Task S08_The_same_id_with_another_payload_is_a_recorded_conflict_and_the_first_is_kept()
    {
        await using var w = await OpenAsync();
        await w.Create("x", W1);
        await w.Report("x", End() with { EventId = "end" });

        var second = await w.Report("x", End(Outcome.Fail) with { EventId = "end" });

        Assert.Equal((Result.Rejected, Code.Conflict, false), (second.Result, second.Code, second.Retryable));
        Assert.Equal(ExecutionStatus.Succeeded, (await w.State("x")).Status);
        Assert.Equal(Code.Conflict, Assert.Single(await w.Rejections("x")).Code);
    }

    [Fact]
    public async Task S09_An_event_that_was_committed_before_its_answer_got_lost_is_a_duplicate_when_sent_again()
    {
        await using var w = await OpenAsync();
        await w.Create("x", W1);
        var end = StepEnd("s1") with { EventId = "s1-end" };
        (w.Faults.AnswersToLose, w.Faults.CannotReadBack) = (1, true);
        Assert.Equal(Code.StoreUnavailable, (await w.ReportAll("x", 1, end)).Refused);
        w.Faults.CannotReadBack = false;

        Assert.Equal(Result.Duplicate, (await w.Report("x", end)).Result);

        Assert.Single(await w.Steps("x"));
        Assert.Single(await w.History("x"), h => h.EventId == "s1-end");
    }

    [Fact]
    public async Task S10_The_same_log_twice_is_one_line()
    {
        await using var w = await OpenAsync();
        await w.Create("x", W1);
        var line = Line("hello") with { EventId = "l1" };

        Assert.Equal(Result.Applied, (await w.Report("x", line)).Result);
        Assert.Equal(Result.Duplicate, (await w.Report("x", line)).Result);

        Assert.Single(await w.Logs("x"));
        Assert.Equal(1, (await w.State("x")).LogCount);
    }

    [Fact]
    public async Task S10_The_first_event_is_a_duplicate_after_100_000_others_and_a_deactivation()
    {
        await using var w = await OpenAsync();
        await w.Create("x", W1);
        var first = StepStart("s1") with { EventId = "first" };
        await w.Report("x", first);
        for (var batch = 0; batch < 50; batch++)
        {
            var answer = await w.ReportAll("x", 1, [.. Enumerable.Range(0, 2_000).Select(_ => Line("another"))]);
            Assert.All(answer.Results, r => Assert.Equal(Result.Applied, r.Result));
        }

        await w.DeactivateAll();

        Assert.Equal(Result.Duplicate, (await w.Report("x", first)).Result);
        var state = await w.State("x");
        Assert.Equal((100_000L, 1), (state.LogCount, state.StepCount));
    }

    [Fact]
    public async Task S11_A_step_closed_with_its_execution_still_gets_its_own_outcome()
    {
        await using var w = await OpenAsync();
        await w.Create("x", W1);
        await w.ReportAll("x", 1, StepStart("s1"), End());
        Assert.Equal(StepStatus.Incomplete, (await w.Step("x", "s1")).Status);

        Assert.Equal(Result.Applied, (await w.Report("x", StepEnd("s1", StepOutcome.Fail))).Result);

        Assert.Equal(StepStatus.Failed, (await w.Step("x", "s1")).Status);
        var state = await w.State("x");
        Assert.Equal((ExecutionStatus.Succeeded, 1, 0L), (state.Status, state.FailedStepCount, state.LateCount));
    }

    [Fact]
    public async Task S12_A_log_for_an_unknown_step_is_kept_and_later_events_are_unaffected()
    {
        await using var w = await OpenAsync();
        await w.Create("x", W1);

        Assert.Equal(Result.Applied, (await w.Report("x", Line("hello") with { StepId = "nobody" })).Result);
        Assert.Equal(Result.Applied, (await w.Report("x", StepStart("s1"))).Result);

        Assert.Equal("nobody", Assert.Single(await w.Logs("x")).StepId);
        Assert.Equal("s1", Assert.Single(await w.Steps("x")).StepId);
    }

    [Fact]
    public async Task S13_A_block_executed_twice_is_two_steps_and_each_end_closes_its_own()
    {
        await using var w = await OpenAsync();
        await w.Create("x", W1);
        await w.ReportAll("x", 1, StepStart("s1", "loop"), StepStart("s2", "loop"));

        await w.Report("x", StepEnd("s2", StepOutcome.Fail));
        Assert.Equal((StepStatus.Running, StepStatus.Failed), ((await w.Step("x", "s1")).Status, (await w.Step("x", "s2")).Status));
        await w.Report("x", StepEnd("s1"));
        Assert.Equal((StepStatus.Succeeded, StepStatus.Failed), ((await w.Step("x", "s1")).Status, (await w.Step("x", "s2")).Status));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.3)]
    public async Task S14_Events_of_50_callers_at_once_are_each_applied_once_and_the_markers_are_right(double forgets)
    {
        await using var w = await OpenAsync(deactivateAtRandom: forgets);
        await w.Create("x", W1);
        var begin = w.Now.AddHours(-1);

        await Task.WhenAll(Enumerable.Range(0, 50).Select(caller => Task.Run(async () =>
        {
            for (var i = 0; i < 10; i++)
            {
                var (step, at) = ($"{caller}-{i}", begin.AddSeconds((caller * 10) + i));
                Assert.Equal(Result.Applied, (await w.Report("x", StepStart(step, step, at))).Result);
                Assert.Equal(Result.Applied, (await w.Report("x", StepEnd(step, at: at.AddMilliseconds(5)))).Result);
            }
        })));

        var state = await w.State("x");
        Assert.Equal((500, 0, "49-9", "49-9"), (state.StepCount, state.OpenStepCount, state.LastStarted!.Block, state.LastCompleted!.Block));
        var history = await w.Reads.HistoryAsync(state, newestFirst: false, 2_000, null, TestContext.Current.CancellationToken);
        Assert.Equal(1_000, history.Items.Count(h => h.EventId is not null));
        Assert.Equal(500, (await w.Steps("x")).Count(s => s.Status == StepStatus.Succeeded));
    }
}
