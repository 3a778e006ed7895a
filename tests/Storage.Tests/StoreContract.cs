using System.Buffers.Text;
using System.Text;
using ExecutionGrains.Rules;
using ExecutionGrains.Storage.Access;
using ExecutionGrains.Storage.Auditing;
using ExecutionGrains.Storage.Commits;
using ExecutionGrains.Storage.Lists;
using ExecutionGrains.Storage.Pages;
using ExecutionGrains.Storage.Stats;
using Xunit;
using static ExecutionGrains.Storage.Tests.Make;

namespace ExecutionGrains.Storage.Tests;

/// <summary>What every real store does besides <see cref="CommitContract"/>.</summary>
public abstract class StoreContract : CommitContract
{
    private static readonly CancellationToken None = CancellationToken.None;

    protected abstract IExecutionReads Reads { get; }

    protected override async Task<IReadOnlyList<Effect.History>> HistoryAsync(ExecutionState state) =>
        (await Reads.HistoryAsync(state, newestFirst: false, 10, null, None)).Items;

    protected override async Task<IReadOnlyList<StepRow>> StepsAsync(ExecutionState state) =>
        (await Reads.StepsAsync(state, StepFilter.All, 10, null, None)).Items;

    [Fact]
    public async Task Pages_of_steps_history_and_logs_are_contiguous()
    {
        var state = State("a");
        var effects = Enumerable.Range(1, 25).SelectMany(i => new Effect[]
        {
            new Effect.Step(Step($"s{i}", i), true),
            History(i, $"e{i}"),
            new Effect.Log(i, $"e{i}", T0, T0, 1, i % 5 == 0 ? Severity.Error : Severity.Debug, null, null, $"m{i}"),
        });
        await Commit(First(state, [.. effects]));
        Assert.Equal(Enumerable.Range(1, 25), (await Walk(c => Reads.StepsAsync(state, StepFilter.All, 7, c, None))).Select(s => s.Sequence));
        Assert.Equal(25, (await Walk(c => Reads.HistoryAsync(state, newestFirst: false, 7, c, None))).Count);
        Assert.Equal(["m5", "m10", "m15", "m20", "m25"], (await Walk(c => Reads.LogsAsync(state, new(Severity.Warn), 2, c, None))).Select(l => l.Message));
        var cursor = (await Reads.StepsAsync(state, StepFilter.All, 7, null, None)).NextCursor;
        await Assert.ThrowsAsync<ArgumentException>(() => Reads.HistoryAsync(state, newestFirst: false, 7, cursor, None));
    }

    [Theory]
    [InlineData(20_000)]
    [InlineData(4)]
    public async Task D22_Log_lines_are_found_by_step_text_and_level_in_either_order(int examineMax)
    {
        await ReopenAsync(examineMax);
        var state = State("a");
        string?[] steps = ["s1", null, "s1", "s2", "s1"];
        string[] messages = ["Copy", "copied 50%", "\0\u0001", "COPIED", "done"];
        await Commit(
            First(
                state,
                [
                    .. steps.Select((step, i) => new Effect.Log(i + 1, $"e{i + 1}", T0, T0, 1, i > 2 ? Severity.Error : Severity.Info, null, step, messages[i]))
                ]));
        await Found(new(StepId: "s1"), 1, 3, 5);
        await Found(new(Text: "cop"), 1, 2, 4);
        await Found(new(Text: "%"), 2);
        await Found(new(Text: "\0"), 3);
        await Found(new(Text: "cop", NewestFirst: true), 4, 2, 1);
        await Found(new(NewestFirst: true), 5, 4, 3, 2, 1);
        await Found(new(Severity.Error, "s1"), 5);
        await Found(new(StepId: "s3"));

        async Task Found(LogFilter filter, params int[] expected) => Assert.Equal(
            expected.Select(i => (long)i), (await Walk(c => Reads.LogsAsync(state, filter, 2, c, None))).Select(l => l.Sequence));
    }

    [Fact]
    public async Task The_rows_of_an_execution_are_written_even_if_other_appends_are_refused()
    {
        var states = Enumerable.Range(0, 40).Select(i => State($"a-{i:00}")).ToList();
        await Store.CommitAsync([.. states.Select(s => First(s, History(1, "e1"), new Effect.Step(Step("s1", 1), true)))], None);
        Append[] appends = [.. states.Select((s, i) => Next(
            // Every third, including the first and the last, has another version than its writer expects.
            s with { Revision = i % 3 == 0 ? 5 : 1 },
            History(2, $"{s.Id.Value}-e2"), History(3), new Effect.Step(Step("s1", 1) with { Block = s.Id.Value }, false),
            new Effect.Step(Step($"{s.Id.Value}-s2", 2), true)))];
        var outcomes = await Store.CommitAsync(appends, None);
        foreach (var (state, i) in states.Select((s, i) => (s, i)))
        {
            var (id, passes) = (state.Id.Value, i % 3 != 0);
            Assert.Equal(passes, outcomes[i] is AppendOutcome.Committed);
            Assert.Equal(
                passes ? ["e1", $"{id}-e2", null] : ["e1"],
                (await Walk(c => Reads.HistoryAsync(state, newestFirst: false, 2, c, None))).Select(h => h.EventId));
            Assert.Equal(
                passes ? [("s1", id), ($"{id}-s2", "extract")] : [("s1", "extract")],
                (await Walk(c => Reads.StepsAsync(state, StepFilter.All, 1, c, None))).Select(s => (s.StepId, s.Block)));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Listed_columns_are_unchanged_if_an_append_declares_them_unchanged(bool besideOneThatChangesIt)
    {
        var quiet = State("a", "quiet") with { Status = ExecutionStatus.Running, Worker = new("w1", null), StartedAt = T0, LateCount = 2 };
        var other = State("b", "other");
        await Store.CommitAsync([First(quiet), First(other)], None);
        List<Append> appends = [Next(quiet, History(1, "e1")) with { Relabels = false, Relists = false }];
        if (besideOneThatChangesIt)
        {
            appends.Add(Next(other with { Status = ExecutionStatus.Failed }, History(1, "e1")));
        }

        Assert.All(await Store.CommitAsync(appends, None), o => Assert.IsType<AppendOutcome.Committed>(o));
        Assert.Equal(
            "a", Assert.Single((await Reads.ListAsync(new() { Workflow = ["quiet"], Status = [ExecutionStatus.Running] }, 10, null, None)).Items).Id.Value);
        Assert.Equal(besideOneThatChangesIt ? 1 : 0, (await Reads.ListAsync(new() { Status = [ExecutionStatus.Failed] }, 10, null, None)).Items.Count);
        Assert.Equal(2, (await Store.LoadAsync(quiet.Id, None))!.Revision);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(16)]
    [InlineData(100)]
    public async Task Pages_of_history_are_contiguous_for_commits_of_any_size(int limit)
    {
        var lines = Enumerable.Range(1, 75).Select(i => History(i, i % 3 == 0 || i is >= 30 and < 50 ? null : $"e{i}")).ToList();
        var state = State("a");
        await Commit(First(state, [.. lines[..2]]));
        // One line, two, four, one, …: the newest line of each commit has an event id or none.
        for (int at = 2, size = 1; at < lines.Count; at += size, size = (size * 2) % 7)
        {
            await Commit(Next(state, [.. lines.Skip(at).Take(size)]));
            state = state with { Revision = state.Revision + 1 };
            var written = Math.Min(at + size, lines.Count);
            var history = await Walk(c => Reads.HistoryAsync(state, newestFirst: false, limit, c, None));
            Assert.Equal(lines.Take(written).Select(l => (l.Sequence, l.EventId)), history.Select(h => (h.Sequence, h.EventId)));
            Assert.True(await Store.WasCommittedAsync(state, written, 8, None));
            Assert.False(await Store.WasCommittedAsync(state, written + 1, 8, None));
        }
    }

    [Fact]
    public async Task An_update_of_a_dropped_step_writes_no_step_and_takes_the_event_id()
    {
        var (state, neighbour) = (State("a"), State("b"));
        await Commit(First(state, History(1, "e1")));
        await Commit(First(neighbour));
        var outcomes = await Store.CommitAsync([Next(state, History(2, "e2"), new Effect.Step(Step("gone", 1), IsNew: false)), Next(neighbour)], None);
        Assert.All(outcomes, o => Assert.IsType<AppendOutcome.Committed>(o));
        Assert.Equal(["e1", "e2"], (await Walk(c => Reads.HistoryAsync(state, newestFirst: false, 10, c, None))).Select(h => h.EventId));
        Assert.Empty(await Walk(c => Reads.StepsAsync(state, StepFilter.All, 10, c, None)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(16)]
    [InlineData(100)]
    public async Task Pages_are_contiguous_if_executions_were_written_alternately(int limit)
    {
        var states = new[] { State("a"), State("b"), State("c") };
        await Store.CommitAsync([.. states.Select(s => First(s))], None);
        for (var i = 1; i <= 50; i++)
        {
            var appends = states.Select(s => Next(s with { Revision = i }, History(i, $"e{i}"), new Effect.Step(Step($"s{i}", i), true)));
            Assert.All(await Store.CommitAsync([.. appends], None), o => Assert.IsType<AppendOutcome.Committed>(o));
        }

        foreach (var state in states)
        {
            var history = await Walk(c => Reads.HistoryAsync(state, newestFirst: false, limit, c, None));
            Assert.Equal(Enumerable.Range(1, 50).Select(i => ((long)i, $"e{i}")), history.Select(h => (h.Sequence, h.EventId!)));
            Assert.Equal(
                Enumerable.Range(1, 50).Select(i => $"s{i}"), (await Walk(c => Reads.StepsAsync(state, StepFilter.All, limit, c, None))).Select(s => s.StepId));
            Assert.True(await Store.WasCommittedAsync(state, 17, 8, None));
        }
    }

    [Fact]
    public async Task Rejections_count_and_evidence_and_payloads_are_kept()
    {
        var state = State("a");
        var no = new Effect.Rejection(Code.Conflict, 1, "e", "log", "no", T0);
        await Commit(First(state, no, new Effect.Evidence(1, 1, "l", "log", T0, T0, [5]), new Effect.FinalPayload(1, [1], null)));
        await Commit(Next(state, no with { At = T0.AddSeconds(1) }));
        var row = Assert.Single(await Reads.RejectionsAsync(state, None));
        Assert.Equal((2L, T0, T0.AddSeconds(1)), (row.Count, row.FirstAt, row.LastAt));
        Assert.Equal([5], Assert.Single(await Reads.EvidenceAsync(state, None)).Payload);
        Assert.Equal([1], (await Reads.FinalPayloadAsync(state, 1, None))!.Output);
        Assert.Null(await Reads.FinalPayloadAsync(state, 2, None));
    }

    [Fact]
    public async Task D29_Of_several_refused_events_with_one_id_the_first_is_returned_and_each_epoch_has_its_own()
    {
        var state = State("a");
        Effect.Rejection first = new(Code.Conflict, 1, "e", "step.started", "z", T0), second = new(Code.Conflict, 1, "e", "log", "a", T0.AddSeconds(1));
        await Commit(First(state, first, second, first with { Epoch = 2, Message = "other" }));

        var rows = await Reads.RejectionsAsync(state, None);

        Assert.Equal([(1, "step.started", "z", 2L), (2, "step.started", "other", 1L)], rows.Select(r => (r.Epoch, r.Type, r.Message, r.Count)));
    }

    [Fact]
    public async Task D29_An_end_that_is_recounted_moves_between_workflows_and_durations()
    {
        var state = State("a") with { Status = ExecutionStatus.Failed };
        await Commit(First(state, new Effect.CountEndedEpoch(ExecutionStatus.Failed, Cause.Reported, T0, TimeSpan.FromSeconds(1))));
        var (from, named) = (state.Workflow, state with { Facts = state.Facts with { Workflow = "named" } });
        await Commit(
            Next(
                    named,
                    new Effect.CorrectStatistics(ExecutionStatus.Failed, Cause.Reported, T0, from, TimeSpan.FromSeconds(1), "named", TimeSpan.FromHours(1))));

        var (old, now) = (await Of(from), await Of("named"));
        Assert.Equal((0, 0, null), (old.ByStatus.GetValueOrDefault(ExecutionStatus.Failed), old.ByCause.GetValueOrDefault(Cause.Reported), old.P50));
        Assert.Equal((1, 1), (now.ByStatus[ExecutionStatus.Failed], now.ByCause[Cause.Reported]));
        Assert.InRange(now.P50!.Value.TotalHours, 0.95, 1.05);
        Assert.InRange((await Of(null)).P50!.Value.TotalHours, 0.95, 1.05);

        Task<Figures> Of(string? workflow) => Reads.FiguresAsync(T0, T0.AddDays(1), workflow, null, None);
    }

    [Fact]
    public async Task Lists_filter_by_each_and_page_newest_first()
    {
        await Fill();
        Assert.Equal(Enumerable.Range(0, 60).Reverse().Select(i => $"id-{i:00}"), await Ids(new()));
        await Matches(new() { Status = [ExecutionStatus.Failed] }, i => i % 3 == 1);
        await Matches(new() { Status = [ExecutionStatus.Failed, ExecutionStatus.Running] }, i => i % 3 != 2);
        await Matches(new() { Workflow = ["wf1", "wf2"] }, i => i % 4 is 1 or 2);
        await Matches(new() { Workflow = ["wf1"], Status = [ExecutionStatus.Failed] }, i => i % 4 == 1 && i % 3 == 1);
        await Matches(new() { Namespace = ["n1"] }, i => i % 2 == 1);
        await Matches(new() { VisibleNamespaces = ["n1"] }, i => i % 2 == 1);
        await Matches(new() { VisibleNamespaces = ["n1"], Namespace = ["n0"] }, _ => false);
        await Matches(new() { Cause = [Cause.Reported] }, i => i % 3 == 1);
        await Matches(new() { Worker = ["w1"], Status = [ExecutionStatus.Failed] }, i => i % 5 == 1 && i % 3 == 1);
        await Matches(new() { TriggeredBy = ["bob"] }, i => i % 6 == 0);
        await Matches(new() { Resolution = [Resolution.Ignored] }, i => i % 7 == 0);
        await Matches(new() { Late = true }, i => i % 8 == 0);
        await Matches(new() { Label = [new("team", "t1")] }, i => i % 3 == 1);
        await Matches(new() { Label = [new("team", "t1"), new("even", "yes")], Workflow = ["wf0"] }, i => i % 3 == 1 && i % 4 == 0);
        await Matches(new() { StartedAfter = T0.AddSeconds(50), StartedBefore = T0.AddSeconds(55) }, i => i is >= 50 and < 55);
        await Matches(new() { StartedAfter = T0.AddSeconds(50), Workflow = ["wf1"] }, i => i >= 50 && i % 4 == 1);
        await Matches(new() { Prefix = "id-1" }, i => i is >= 10 and < 20);
        await Matches(new() { Prefix = "wf3" }, i => i % 4 == 3);
        await Matches(new() { Prefix = "id_" }, _ => false);
        await Matches(new() { Prefix = "%" }, _ => false);
    }

    [Theory]
    [InlineData("100%", "100%", "100%!")]
    [InlineData("a_", "a_b")]
    [InlineData("\\", "\\%")]
    [InlineData("it's", "it's")]
    [InlineData("s", "straße", "s")]
    [InlineData("stras")]
    [InlineData("straß", "straße")]
    [InlineData("日本", "日本", "日本語")]
    [InlineData("😀", "😀x")]
    [InlineData("e\u0301", "e\u0301t")]
    [InlineData("A", "Axb")]
    [InlineData("exec", "exec-by-id")]
    public async Task A_prefix_is_taken_literally(string prefix, params string[] expected)
    {
        string[] workflows =
            [
                "100%", "100%!", "100x", "a_b", "axb", "Axb", "\\%", "it's", "straße", "STRASSE", "s", "日本", "日本語", "日", "😀x", "😃x",
                "e\u0301t", "ét",
            ];
        await Store.CommitAsync([.. workflows.Select((w, i) => First(State($"x-{i}", w))), First(State("exec-by-id", "exec-by-id"))], None);
        Assert.Equal(
            expected.Order(StringComparer.Ordinal),
            (await Walk(c => Reads.ListAsync(new() { Prefix = prefix }, 3, c, None))).Select(s => s.Workflow).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(5, 20_000)]
    [InlineData(12, 20_000)]
    [InlineData(40, 20_000)]
    [InlineData(90, 20_000)]
    [InlineData(12, 70)]
    [InlineData(40, 70)]
    [InlineData(90, 70)]
    public async Task A_prefix_finds_all_executions_of_any_number_of_matching_workflows(int workflows, int examineMax)
    {
        await ReopenAsync(examineMax);
        // Most are among the oldest, one workflow is more frequent than all others together, and each second has four executions.
        // Most start soon, some much later, some not yet.
        var states = Enumerable.Range(0, 700).Select(i => State($"x-{i * 3 % 700:000}", Workflow(i), i % 3 == 0 ? "n0" : "n1", i / 4) with
        {
            StartedAt = i % 7 == 0 ? null : T0.AddSeconds((i / 4) + (i % 11 == 0 ? 200 : i % 4)),
        }).ToList();
        await Store.CommitAsync([.. states.Select(s => First(s))], None);
        await Walked(new() { Prefix = "etl-" }, _ => true);
        await Walked(new() { Prefix = "etl-", Namespace = ["n0"] }, s => s.Namespace == "n0");
        await Walked(new() { Prefix = "etl-", VisibleNamespaces = ["n0", "n1"] }, _ => true);
        await Walked(
            new() { Prefix = "etl-", StartedAfter = T0.AddSeconds(20), StartedBefore = T0.AddSeconds(100) },
            s => s.StartedAt >= T0.AddSeconds(20) && s.StartedAt < T0.AddSeconds(100));
        await Walked(
            new() { Prefix = "etl-", Namespace = ["n1"], StartedBefore = T0.AddSeconds(60) }, s => s.Namespace == "n1" && s.StartedAt < T0.AddSeconds(60));
        await Walked(
            new() { Prefix = "etl-", Workflow = [.. Enumerable.Range(0, 8).Select(i => $"etl-{i}"), "other"] },
            s => s.Workflow.Length == 5 && s.Workflow[4] < '8');

        string Workflow(int i) => i > 450 && i % 50 != 0 ? "other" : i % 3 == 0 ? "etl-0" : i % 5 == 0 ? "other" : $"etl-{i % workflows}";

        async Task Walked(ExecutionFilter filter, Func<ExecutionState, bool> also) => Assert.Equal(
            states.Where(s => s.Workflow.StartsWith("etl-", StringComparison.Ordinal) && also(s))
                .OrderByDescending(s => s.CreatedAt).ThenByDescending(s => s.Id.Value, StringComparer.Ordinal).Select(s => s.Id.Value),
            (await Walk(c => Reads.ListAsync(filter, 20, c, None))).Select(s => s.Id.Value));
    }

    [Theory]
    [InlineData(19, null)]
    [InlineData(20, null)]
    [InlineData(21, null)]
    [InlineData(20, 350)]
    public async Task Pages_continue_if_the_newest_executions_fill_exactly_one_page_of_many_workflows(int among, int? startedBefore)
    {
        // This many among the newest 200, and nearly all of the older ones.
        var newest = startedBefore ?? 400;
        var states = Enumerable.Range(0, 400)
            .Select(i => State($"x-{i:000}", i < newest - 200 || i % 200 < among ? $"etl-{i % 40}" : "other", createdSecond: i) with
            {
                StartedAt = T0.AddSeconds(i),
            }).ToList();
        await Store.CommitAsync([.. states.Select(s => First(s))], None);
        var filter = new ExecutionFilter { Prefix = "etl-", StartedBefore = startedBefore is { } before ? T0.AddSeconds(before) : null };
        Assert.Equal(
            states.Where(s => s.Workflow != "other" && !(s.StartedAt >= filter.StartedBefore)).Reverse().Select(s => s.Id.Value),
            (await Walk(c => Reads.ListAsync(filter, 20, c, None))).Select(s => s.Id.Value));
    }

    [Theory]
    [InlineData(1, 60)]
    [InlineData(59, 2)]
    [InlineData(60, 1)]
    [InlineData(1_000, 1)]
    public async Task Every_page_except_the_last_is_full(int limit, int expected)
    {
        await Fill();
        var (pages, cursor) = (new List<int>(), default(string));
        do
        {
            (var items, cursor) = await Reads.ListAsync(new(), limit, cursor, None);
            pages.Add(items.Count);
        }
        while (cursor is not null);
        Assert.Equal(expected, pages.Count);
        Assert.All(pages.SkipLast(1), p => Assert.Equal(limit, p));
        Assert.Equal(60, pages.Sum());
    }

    [Theory]
    [InlineData(3)]
    [InlineData(40)]
    [InlineData(20_000)]
    public async Task A_time_range_is_walked_to_its_end_with_any_limit_of_examined_rows(int examineMax)
    {
        await ReopenAsync(examineMax);
        var states = Enumerable.Range(0, 300).Select(Started).ToArray();
        await Store.CommitAsync([.. states.Select(s => First(s))], None);
        foreach (var (after, before) in new (int?, int?)[] { (100, 130), (null, 20), (280, null), (0, 300), (150, 150), (-400, 40), (10_000, null) })
        {
            var time = new ExecutionFilter { StartedAfter = T0.AddSeconds(after ?? 0), StartedBefore = T0.AddSeconds(before ?? 0) };
            time = time with { StartedAfter = after is null ? null : time.StartedAfter, StartedBefore = before is null ? null : time.StartedBefore };
            await Walked(time, _ => true);
            await Walked(time with { Status = [ExecutionStatus.Failed] }, s => s.Status == ExecutionStatus.Failed);
            await Walked(time with { Workflow = ["wf1", "wf2"], Namespace = ["n1"] }, s => s.Workflow is "wf1" or "wf2" && s.Namespace == "n1");
            await Walked(time with { Worker = ["w1"], Late = true }, s => s.Worker!.WorkerId == "w1" && s.LateCount > 0);
            await Walked(time with { Label = [new("team", "t1")] }, s => s.Facts.Labels!["team"] == "t1");
            await Walked(time with { Prefix = "id-" }, _ => true);
            await Walked(time with { Prefix = "wf3" }, s => s.Workflow == "wf3");
        }

        async Task Walked(ExecutionFilter filter, Func<ExecutionState, bool> also) => Assert.Equal(
            states.Where(s => s.StartedAt is { } at && !(at < filter.StartedAfter) && !(at >= filter.StartedBefore) && also(s))
                .OrderByDescending(s => s.CreatedAt).ThenByDescending(s => s.Id.Value, StringComparer.Ordinal).Select(s => s.Id.Value),
            (await Walk(c => Reads.ListAsync(filter, 9, c, None))).Select(s => s.Id.Value));

        // Most start at their creation; some much later, some before it (an import), some never.
        static ExecutionState Started(int i) => Filled(i) with
        {
            StartedAt =
                (i % 10) switch { 3 => T0.AddSeconds((i / 2) + 200), 4 => T0.AddSeconds((i / 2) - 300), 5 => null, _ => T0.AddSeconds((i / 2) + (i % 3)) },
        };
    }

    [Theory]
    [InlineData(20_000)]
    [InlineData(60)]
    public async Task Every_pair_of_filters_gives_the_same_as_checking_each_execution(int examineMax)
    {
        await ReopenAsync(examineMax);
        var states = ListedExecutions.Some(400);
        foreach (var some in states.Chunk(100))
        {
            await Store.CommitAsync([.. some.Select(s => First(s))], None);
        }

        // They change, so that earlier entries of an index or of a label's rows are no longer true.
        var moved = states.Select(ListedExecutions.Moved).ToList();
        await Store.CommitAsync(
            [.. moved.Where((s, i) => s != states[i]).Select(s => new Append { State = s, BaseRevision = 1, DueAt = s.CreatedAt, Effects = [], CommitId = 9 })],
            None);
        var filters = ListedExecutions.Filters();
        foreach (var (a, i) in filters.Select((a, i) => (a, i)))
        {
            foreach (var b in filters.Skip(i).Where((b, j) => j == 0 || b.Field != a.Field))
            {
                var filter = b.With(a.With(new()));
                var expected = moved.Where(s => a.Matches(s) && b.Matches(s))
                    .OrderByDescending(s => s.CreatedAt).ThenByDescending(s => s.Id.Value, StringComparer.Ordinal).Select(s => s.Id.Value);
                var found = (await Walk(c => Reads.ListAsync(filter, 37, c, None))).Select(s => s.Id.Value);
                Assert.True(expected.SequenceEqual(found), $"{a.Name} with {b.Name}: {string.Join(' ', found)} instead of {string.Join(' ', expected)}");
            }
        }
    }

    [Theory]
    [InlineData(20_000)]
    [InlineData(60)]
    public async Task D22_Every_filter_in_every_order_gives_the_same_as_checking_each_execution(int examineMax)
    {
        await ReopenAsync(examineMax);
        var states = ListedExecutions.Some(400);
        await Store.CommitAsync([.. states.Select(s => First(s))], None);
        var moved = states.Select(ListedExecutions.Moved).ToList();
        await Store.CommitAsync(
            [.. moved.Where((s, i) => s != states[i]).Select(s => new Append { State = s, BaseRevision = 1, DueAt = s.CreatedAt, Effects = [], CommitId = 9 })],
            None);
        (string Field, string Name, Func<ExecutionFilter, ExecutionFilter> With, Func<ExecutionState, bool> Matches)[] filters =
            [("", "none", f => f, _ => true), .. ListedExecutions.Filters()];
        foreach (var (sort, value) in ListedExecutions.Sorts())
        {
            foreach (var a in filters)
            {
                foreach (var b in filters.Where(b => b.Field is "" or "status" or "workflow" or "ended" && (b.Field.Length == 0 || b.Field != a.Field)))
                {
                    var filter = b.With(a.With(new() { Sort = sort }));
                    var expected = moved.Where(s => value(s) is not null && a.Matches(s) && b.Matches(s))
                        .OrderByDescending(value).ThenByDescending(s => s.Id.Value, StringComparer.Ordinal).Select(s => s.Id.Value);
                    var found = (await Walk(c => Reads.ListAsync(filter, 37, c, None))).Select(s => s.Id.Value);
                    Assert.True(
                        expected.SequenceEqual(found), $"{a.Name} with {b.Name} by {sort}: {string.Join(' ', found)} instead of {string.Join(' ', expected)}");
                }
            }
        }
    }

    [Fact]
    public async Task D22_A_deleted_execution_is_in_no_list_and_the_audit_records_the_deletion()
    {
        var state = State("a") with { Status = ExecutionStatus.Lost, TrackerEndedAt = T0, EndedAt = T0, StartedAt = T0 };
        state = state with
        {
            Facts = new() { Workflow = new string('w', 256), Labels = new() { ["k"] = "v" }, ParentExecutionId = "p" },
            Epochs = [new(1, null, null, null, null, T0, ExecutionStatus.Failed, null, Cause.Reported, null, null, null)],
        };
        await Commit(First(state, new Effect.CountEndedEpoch(ExecutionStatus.Lost, Cause.LostAfterStart, T0, TimeSpan.Zero)));
        ExecutionFilter[] filters =
        [
            new(), new() { Label = [new("k", "v")] }, new() { Parent = ["p"] }, new() { EpochStatus = [ExecutionStatus.Failed] },
            new() { Sort = ListSort.Ended },
        ];
        foreach (var filter in filters)
        {
            Assert.Equal(["a"], await Ids(filter));
        }

        Assert.True(await Store.DeleteAsync(Deleted(state), None));

        foreach (var filter in filters)
        {
            Assert.Empty(await Ids(filter));
        }

        Assert.Empty((await Reads.LogsAsync(state, LogFilter.All, 10, null, None)).Items);
        Assert.Empty(await Reads.EvidenceAsync(state, None));
        Assert.Empty(await Reads.RejectionsAsync(state, None));
        Assert.Null(await Reads.FinalPayloadAsync(state, 1, None));
        Assert.Equal(
            ("ann", "delete", "a"),
            Assert.Single((await Operations.AuditAsync(AuditFilter.All, 10, null, None)).Items.Select(r => (r.By, r.Action, r.ExecutionId))));
        Assert.Equal(1, (await Reads.FiguresAsync(T0, T0.AddHours(1), null, null, None)).ByStatus[ExecutionStatus.Lost]);
        await Commit(First(State("a", @namespace: "other") with { CreatedAt = T0.AddSeconds(1) }));
        Assert.Empty(await Ids(new() { Label = [new("k", "v")] }));
    }

    [Theory]
    [InlineData(20_000)]
    [InlineData(4)]
    public async Task D22_Steps_are_found_by_status_and_parent_in_either_order_and_without_their_payloads(int examineMax)
    {
        await ReopenAsync(examineMax);
        var state = State("a");
        await Commit(First(state, [.. Enumerable.Range(1, 40).Select(i => new Effect.Step(
            Step($"s{i}", i) with
            {
                Status = i % 3 == 0 ? StepStatus.Failed : StepStatus.Succeeded,
                ParentStepId = i % 4 == 0 ? "s1" : null,
                Input = [1],
                Output = [2],
            },
            true))]));
        await Found(new(), _ => true);
        await Found(new() { NewestFirst = true }, _ => true);
        await Found(new() { Status = [StepStatus.Failed] }, i => i % 3 == 0);
        await Found(new() { Status = [StepStatus.Failed], NewestFirst = true }, i => i % 3 == 0);
        await Found(new() { ParentStepId = "s1", Status = [StepStatus.Failed, StepStatus.Succeeded] }, i => i % 4 == 0);
        await Found(new() { ParentStepId = "s1", Status = [StepStatus.Failed], NewestFirst = true }, i => i % 12 == 0);
        await Found(new() { ParentStepId = "nobody" }, _ => false);
        await Found(new() { Status = [StepStatus.Lost], NewestFirst = true }, _ => false);
        Assert.All((await Reads.StepsAsync(state, new() { Payloads = false }, 50, null, None)).Items, s => Assert.Equal((null, null), (s.Input, s.Output)));
        Assert.All((await Reads.StepsAsync(state, StepFilter.All, 50, null, None)).Items, s => Assert.Equal((1, 2), (s.Input![0], s.Output![0])));

        async Task Found(StepFilter filter, Func<int, bool> expected)
        {
            var all = Enumerable.Range(1, 40).Where(expected);
            foreach (var limit in (int[])[3, 7, 100])
            {
                Assert.Equal(
                    filter.NewestFirst ? all.Reverse() : all, (await Walk(c => Reads.StepsAsync(state, filter, limit, c, None))).Select(s => s.Sequence));
            }
        }
    }

    [Fact]
    public async Task D22_Executions_of_an_older_schema_are_found_by_parent_by_earlier_epochs_and_in_every_order()
    {
        var (wf, none) = (new string('ü', 200), default(EndedEpoch[]));
        ExecutionState[] states =
        [
            Old("child", none) with { Facts = new() { Workflow = wf, ParentExecutionId = "p", Labels = new() { ["k"] = "v" } } },
            Old(
                "again",
                [
                    new(1, "w", null, null, null, T0.AddSeconds(3), ExecutionStatus.Lost, null, Cause.LostAfterStart, null, null, null),
                    new(2, null, null, null, null, T0, null, null, Cause.ClaimExpired, null, null, null),
                ]) with
            {
                Status = ExecutionStatus.Pending, Epoch = 3, EndedAt = null, TrackerEndedAt = null, CompletionFailure = "\\\0\"\0",
                Facts = new() { Workflow = "etl" },
            },
            Old("plain", none),
        ];
        await Store.CommitAsync([.. states.Select(s => First(s))], None);

        await MigrateFromBeforeOrdersAsync();

        Assert.Equal(["child"], await Ids(new() { Parent = ["p"] }));
        Assert.Equal(["child"], await Ids(new() { Parent = ["p"], Workflow = [wf], Status = [ExecutionStatus.Succeeded] }));
        Assert.Equal(["child"], await Ids(new() { Label = [new("k", "v")], HasLabel = ["k"] }));
        Assert.Equal(["again"], await Ids(new() { EpochStatus = [ExecutionStatus.Lost] }));
        var lost = new ExecutionFilter { EpochCause = [Cause.LostAfterStart], EpochEndedAfter = T0.AddSeconds(3), EpochEndedBefore = T0.AddSeconds(4) };
        Assert.Equal(["again"], await Ids(lost with { Status = [ExecutionStatus.Pending] }));
        Assert.Equal(["plain", "child"], await Ids(new() { EpochEndedAfter = T0.AddSeconds(8) }));
        Assert.Equal(["plain", "child"], await Ids(new() { Sort = ListSort.Duration }));
        var child = (await Store.LoadAsync(new("child"), None))!;
        await Commit(Next(child with { Status = ExecutionStatus.Failed }));
        Assert.Equal(["child"], await Ids(new() { Parent = ["p"], Status = [ExecutionStatus.Failed] }));
        Assert.Empty(await Ids(new() { Parent = ["p"], Status = [ExecutionStatus.Succeeded] }));

        static ExecutionState Old(string id, EndedEpoch[]? epochs) => State(id) with
        {
            Status = ExecutionStatus.Succeeded,
            StartedAt = T0,
            EndedAt = T0.AddSeconds(5),
            TrackerEndedAt = T0.AddSeconds(8),
            Epochs = epochs ?? [],
        };
    }

    /// <summary>Reverts the migration of orders and tombstones, and migrates again.</summary>
    protected abstract Task MigrateFromBeforeOrdersAsync();

    [Fact]
    public async Task Pruning_deletes_old_heartbeats_and_all_but_the_newest_thousand_outages()
    {
        var after = TimeSpan.FromSeconds(6);
        var at = T0;
        for (var n = 0; n < 1_100; n++, at = at.AddSeconds(10))
        {
            await Operations.AliveAsync("one", at, after, None);
        }

        await Operations.PruneAsync(at, None);
        Assert.Equal(1_099, (await Operations.OutagesAsync(2_000, None)).Count);

        await Operations.AliveAsync("two", at, after, None);
        await Operations.PruneAsync(at, None);
        Assert.Equal(2, (await Operations.SignsOfLifeAsync(None)).Count);
        await Operations.PruneAsync(at.AddDays(7), None);

        var left = await Operations.OutagesAsync(2_000, None);
        Assert.Equal((1_000, at), (left.Count, left[^1].To));
        Assert.Equal(["two"], (await Operations.SignsOfLifeAsync(None)).Keys);
    }

    [Fact]
    public async Task D22_Expired_tombstones_are_removed()
    {
        await Commit(First(State("a")));
        await Store.DeleteAsync(Deleted(State("a")), None);

        await Operations.PruneAsync(Life.AddSeconds(-1), None);
        Assert.IsType<AppendOutcome.Forgotten>(await One(First(State("a")) with { IdHash = Hash("a") }));
        await Operations.PruneAsync(Life, None);
        Assert.IsType<AppendOutcome.Committed>(await One(First(State("a")) with { IdHash = Hash("a") }));
    }

    [Fact]
    public async Task D22_History_comes_in_either_order()
    {
        var state = State("a");
        await Commit(First(state, [.. Enumerable.Range(1, 40).Select(i => History(i, i % 3 == 0 ? null : $"e{i}"))]));
        foreach (var limit in (int[])[1, 7, 16, 39, 40, 100])
        {
            Assert.Equal(
                Enumerable.Range(1, 40).Reverse(),
                (await Walk(c => Reads.HistoryAsync(state, newestFirst: true, limit, c, None))).Select(h => (int)h.Sequence));
            Assert.Equal(
                Enumerable.Range(1, 40), (await Walk(c => Reads.HistoryAsync(state, newestFirst: false, limit, c, None))).Select(h => (int)h.Sequence));
        }

        var cursor = (await Reads.HistoryAsync(state, newestFirst: true, 7, null, None)).NextCursor;
        await Assert.ThrowsAsync<ArgumentException>(() => Reads.HistoryAsync(state, newestFirst: false, 7, cursor, None));
    }

    [Theory]
    [InlineData(20_000)]
    [InlineData(4)]
    public async Task D22_The_audit_is_filtered_by_author_action_target_and_time_newest_first(int examineMax)
    {
        await ReopenAsync(examineMax);
        var rows = Enumerable.Range(0, 24).Select(i => new AuditRow(
            T0.AddSeconds(i), i % 2 == 0 ? "ann" : "bob", i % 3 == 0 ? "cancel" : "requeue", i % 4 == 0 ? null : $"x{i % 4}", i % 5 == 0 ? null : "n1",
            $"{i}")).ToList();
        foreach (var row in rows)
        {
            await Operations.AppendAuditAsync(row, None);
        }

        await Found(new(), _ => true);
        await Found(new() { By = "bob" }, r => r.By == "bob");
        await Found(new() { Action = "cancel", By = "ann" }, r => r is { Action: "cancel", By: "ann" });
        await Found(new() { ExecutionId = "x1" }, r => r.ExecutionId == "x1");
        await Found(new() { ExecutionId = "x1", Action = "cancel", Namespaces = ["n1"] }, r => r is { ExecutionId: "x1", Action: "cancel", Namespace: "n1" });
        await Found(new() { From = T0.AddSeconds(5), To = T0.AddSeconds(9) }, r => r.At >= T0.AddSeconds(5) && r.At < T0.AddSeconds(9));
        await Found(new() { Namespaces = ["n1"], To = T0.AddSeconds(9) }, r => r.Namespace == "n1" && r.At < T0.AddSeconds(9));
        await Found(new() { By = "nobody" }, _ => false);

        async Task Found(AuditFilter filter, Func<AuditRow, bool> expected) =>
            Assert.Equal(rows.Where(expected).Reverse(), await Walk(c => Operations.AuditAsync(filter, 2, c, None)));
    }

    [Fact]
    public async Task A_list_cursor_belongs_to_its_filters()
    {
        await Fill();
        var cursor = (await Reads.ListAsync(new() { Workflow = ["wf1"] }, 2, null, None)).NextCursor;
        await Assert.ThrowsAsync<ArgumentException>(() => Reads.ListAsync(new() { Workflow = ["wf2"] }, 2, cursor, None));
        await Assert.ThrowsAsync<ArgumentException>(() => Reads.ListAsync(new(), 2, "§§", None));
    }

    [Fact]
    public async Task Changed_labels_are_found_and_the_old_ones_are_not()
    {
        var state = State("a") with { Facts = new() { Labels = new() { ["k"] = "1" } } };
        await Commit(First(state));
        await Commit(Next(state with { Facts = new() { Labels = new() { ["k"] = "2" } } }));
        Assert.Empty(await Ids(new() { Label = [new("k", "1")] }));
        Assert.Equal(["a"], await Ids(new() { Label = [new("k", "2")] }));
    }

    [Fact]
    public async Task The_longest_names_of_the_longest_characters_are_stored_and_distinguished_from_similar_ones()
    {
        string[] names = [.. Enumerable.Range(0, 6).Select(i => Longest(i))];
        var all = Enumerable.Range(-1, names.Length + 1).Select(Twin).ToList();
        var (eventId, stepId, no) = (Longest(7, 128), Longest(8), new Effect.Rejection(Code.Conflict, 1, Longest(9, 128), "log", "no", T0));
        await Commit(First(
            all[0], History(1, eventId), new Effect.Step(Step(stepId, 1), true), no, new Effect.Log(1, eventId, T0, T0, 1, Severity.Info, null, stepId, "m"),
            new Effect.ChangeLiveCount(names[0], ExecutionStatus.Running, 1)));
        var known = Next(all[0]) with { NewEvents = [new(1, eventId)], NewSteps = [new(1, stepId)], NewRejections = [new(no.Code, no.Epoch, no.EventId)] };
        var found = Assert.IsType<AppendOutcome.IdsTaken>(Assert.Single(await Store.CommitAsync([known], None)));
        Assert.Equal((1, 1, 1), (found.Events.Count, found.Steps.Count, found.Rejections.Count));
        await Store.CommitAsync([.. all.Skip(1).Select(s => First(s))], None);
        await All();
        all = all.ConvertAll(s => s with { Revision = 2, Status = ExecutionStatus.Succeeded });
        await Store.CommitAsync(
            [.. all.Select(s =>
                Next(s with { Revision = 1 }, new Effect.CountEndedEpoch(s.Status, Cause.Reported, T0, TimeSpan.FromSeconds(1))) with { DueAt = null })],
            None);
        await All();

        // Each differs from the first in the last character of one name.
        ExecutionState Twin(int which)
        {
            string[] own = [.. names.Select((name, i) => i == which ? name[..^2] + "\U0002B740" : name)];
            var state = State(new string('x', 127) + (char)('b' + which), own[0], own[1]) with { Status = ExecutionStatus.Running, Worker = new(own[2], null) };
            return state with { Facts = state.Facts with { TriggeredBy = own[3], Labels = new() { [own[4]] = own[5] } } };
        }

        async Task All()
        {
            (Func<ExecutionFilter, ExecutionFilter> With, int Name)[] filters =
            [
                (f => f with { Workflow = [names[0]] }, 0), (f => f with { Namespace = [names[1]] }, 1), (f => f with { Worker = [names[2]] }, 2),
                (f => f with { TriggeredBy = [names[3]] }, 3), (f => f with { Label = [new(names[4], names[5])] }, 4),
                (f => f with { Status = [all[0].Status] }, -2), (f => f with { Prefix = names[0] }, 0),
            ];
            foreach (var (a, b) in filters.SelectMany(a => filters.Select(b => (a, b))))
            {
                var expected = all.Where((_, i) => i == 0 || (i - 1 != a.Name && i - 1 != b.Name && !(i - 1 == 5 && (a.Name == 4 || b.Name == 4))));
                Assert.Equal(expected.Select(s => s.Id.Value).Order(StringComparer.Ordinal).Reverse(), await Ids(b.With(a.With(new()))));
            }

            Assert.Empty(await Ids(new() { Status = [ExecutionStatus.Lost], Label = [new(names[4], names[5])] }));
        }

        // It has no repetitions, because an engine that compresses index entries would otherwise store more than it guarantees.
        static string Longest(int seed, int length = 256)
        {
            var random = new Random(seed);
            return string.Concat(Enumerable.Range(0, length).Select(_ => char.ConvertFromUtf32(random.Next(0x20000, 0x2A6DF))));
        }
    }

    [Fact]
    public async Task The_oldest_running_come_first_within_workflow_and_namespaces()
    {
        await Fill();
        await Oldest(i => i % 3 == 0, null, null);
        await Oldest(i => i % 3 == 0 && i % 4 == 1, "wf1", null);
        await Oldest(i => i % 3 == 0 && i % 2 == 1, null, ["n1", "n1", "unknown"]);
        await Oldest(i => i % 3 == 0, null, ["n0", "n1"]);
        await Oldest(i => i % 3 == 0 && i % 4 == 1, "wf1", ["n0", "n1"]);
        await Oldest(_ => false, "wf1", ["n0"]);
        await Oldest(_ => false, null, []);
        await Oldest(_ => false, "unknown", null);
    }

    [Fact]
    public async Task D29_An_end_and_its_correction_in_one_append_count_once()
    {
        await Commit(First(
            State("x", workflow: "import"),
            new Effect.CountEndedEpoch(ExecutionStatus.Succeeded, Cause.Reported, T0, TimeSpan.FromSeconds(1)),
            new Effect.CorrectStatistics(
                ExecutionStatus.Succeeded, Cause.Reported, T0, "unknown", TimeSpan.FromSeconds(1), "import", TimeSpan.FromSeconds(1))));

        Assert.Equal((1L, 0L, 1L), (await Succeeded("import"), await Succeeded("unknown"), await Succeeded(null)));

        async Task<long> Succeeded(string? workflow) =>
            (await Reads.FiguresAsync(T0, T0.AddHours(1), workflow, null, None)).ByStatus.GetValueOrDefault(ExecutionStatus.Succeeded);
    }

    [Fact]
    public async Task Figures_add_up()
    {
        for (var i = 0; i < 20; i++)
        {
            var at = T0.AddMinutes(i * 30);
            await Commit(First(
                State($"f{i}", workflow: i % 2 == 0 ? "even" : "odd"),
                new Effect.ChangeLiveCount("import", ExecutionStatus.Running, 1),
                new Effect.CountEndedEpoch(ExecutionStatus.Failed, Cause.Reported, at, TimeSpan.FromSeconds(i + 1)),
                new Effect.ChangeStatistic(FigureKind.LateAfterLost, null, 1, at),
                new Effect.ChangeStatistic(FigureKind.Resolution, Resolution.Ignored, 1, at)));
        }

        var all = await Reads.FiguresAsync(T0, T0.AddDays(1), null, null, None);
        Assert.Equal((20L, 20L), (all.ByStatus[ExecutionStatus.Failed], all.ByStatus[ExecutionStatus.Running]));
        Assert.Equal((20L, 20L, 20L), (all.ByCause[Cause.Reported], all.ByResolution[Resolution.Ignored], all.LateAfterLost));
        Assert.InRange(all.P50!.Value.TotalSeconds, 10 * 0.95, 10 * 1.05);
        Assert.InRange(all.P99!.Value.TotalSeconds, 20 * 0.95, 20 * 1.05);
        Assert.InRange(all.Series.Count, 20, 100);
        Assert.Equal(20, all.Series.Sum(p => p.ByStatus.Values.Sum()));
        var odd = await Reads.FiguresAsync(T0.AddMinutes(20), T0.AddDays(30), "odd", ["default"], None);
        Assert.Equal(10, odd.ByStatus[ExecutionStatus.Failed]);
        Assert.Null((await Reads.FiguresAsync(T0, T0.AddDays(1), null, ["other"], None)).P50);
    }

    [Fact]
    public async Task D37_beyond_ten_thousand_workflows_of_a_namespace_they_share_one_sum_and_no_other_namespace_loses_any()
    {
        const int most = 10_000;
        foreach (var some in Enumerable.Range(0, most + 2).Chunk(1_000))
        {
            await Store.CommitAsync([.. some.Select(i => Ended($"o{i}", $"w{i:00000}"))], None);
        }

        await Commit(Ended("again", "w00007"));
        Assert.Equal(2, await Failed("w00007"));
        Assert.Equal(1, await Failed($"w{most - 1:00000}"));
        Assert.Equal((0L, 0L, 0L), (await Failed($"w{most:00000}"), await Failed("never-seen"), await Failed("other")));
        Assert.Equal(most + 3, await Failed(null));
        Assert.Equal(2, (await Reads.FiguresAsync(T0, T0.AddHours(1), null, null, None)).Overflow[ExecutionStatus.Failed]);
        var neighbour = Ended("neighbour", "theirs");
        await Commit(neighbour with { State = neighbour.State with { Namespace = "b" } });
        Assert.Equal((1L, 0L), (await Failed("theirs", "b"), await Failed("w00007", "b")));
        var named = Ended("named", "other");
        await Commit(named with { State = named.State with { Namespace = "b" } });
        Assert.Equal((1L, 1L), (await Failed("other", "b"), await Failed("other")));
        Assert.Empty((await Reads.FiguresAsync(T0, T0.AddHours(1), null, ["b"], None)).Overflow);

        async Task<long> Failed(string? workflow, params string[] namespaces) =>
            (await Reads.FiguresAsync(T0, T0.AddHours(1), workflow, namespaces is [] ? null : namespaces, None))
                .ByStatus.GetValueOrDefault(ExecutionStatus.Failed);
    }

    [Theory]
    [InlineData(0.5, 30)]
    [InlineData(12, 48)]
    [InlineData(24, 24)]
    [InlineData(36, 36)]
    [InlineData(24 * 7, 84)]
    public async Task Figures_are_exact_to_the_minute_for_any_width_of_a_bar(double hours, int bars)
    {
        var (from, to) = (T0.AddMinutes(-10), T0.AddMinutes(-10).AddHours(hours));
        DateTimeOffset[] ends = [from.AddSeconds(-1), from, from.AddMinutes(11), to.AddHours(-0.4), to.AddSeconds(-1), to];
        await Store.CommitAsync(
            [.. ends.Select((at, i) =>
                First(State($"f{i}"), new Effect.CountEndedEpoch(ExecutionStatus.Failed, Cause.Reported, at, TimeSpan.FromSeconds(1))))], None);
        var figures = await Reads.FiguresAsync(from, to, null, null, None);
        Assert.Equal(4, figures.ByStatus[ExecutionStatus.Failed]);
        Assert.Equal(4, figures.Series.Sum(p => p.ByStatus.Values.Sum()));
        Assert.InRange(figures.Series.Count, bars, bars + 1);
    }

    [Fact]
    public async Task Pruning_keeps_hourly_figures_and_those_by_the_minute_of_the_last_eight_days()
    {
        DateTimeOffset[] ends = [T0.AddMinutes(61), T0.AddDays(2), T0.AddDays(9)];
        await Store.CommitAsync(
            [
                .. ends.Select((at, i) => First(
                    State($"f{i}", workflow: "w"), new Effect.CountEndedEpoch(ExecutionStatus.Failed, Cause.Reported, at, TimeSpan.FromSeconds(1)))),
            ],
            None);
        var now = T0.AddDays(9).AddMinutes(1);
        Assert.Equal(1, await Failed(T0.AddMinutes(61), T0.AddMinutes(62)));

        await Operations.PruneAsync(now, None);

        Assert.Equal(
            (0L, 1L, 1L),
            (await Failed(T0.AddMinutes(61), T0.AddMinutes(62)), await Failed(T0.AddDays(2), T0.AddDays(2).AddMinutes(1)), await Failed(T0.AddDays(9), now)));
        Assert.Equal(3, await Failed(T0.AddMinutes(61), now));

        async Task<long> Failed(DateTimeOffset from, DateTimeOffset to)
        {
            var all = (await Reads.FiguresAsync(from, to, null, null, None)).ByStatus.GetValueOrDefault(ExecutionStatus.Failed);
            Assert.Equal(all, (await Reads.FiguresAsync(from, to, "w", null, None)).ByStatus.GetValueOrDefault(ExecutionStatus.Failed));
            return all;
        }
    }

    [Fact]
    public async Task Strange_characters_do_not_break_anything()
    {
        var state = State("a", workflow: "nul\0in") with { CreatedBy = "lone\ud800", CompletionFailure = "\udc00\0" };
        await Commit(First(state, History(1, "e\0x"), History(2, "e\0y"), new Effect.Log(1, "e", T0, T0, 1, Severity.Info, null, null, "\0\ud800z")));
        Assert.Equal("nul\0in", (await Store.LoadAsync(state.Id, None))!.Workflow);
        Assert.Equal("\0\ufffdz", Assert.Single((await Reads.LogsAsync(state, LogFilter.All, 9, null, None)).Items).Message);
        Assert.Equal(["a"], await Ids(new() { Workflow = ["nul\0in"] }));
    }

    [Fact]
    public async Task A_workflow_with_invalid_unicode_is_counted_in_its_stored_form_and_separately_from_other_workflows()
    {
        await Store.CommitAsync([Ended("a", "lone\ud800"), Ended("b", "lone\udc00")], None);
        await Commit(Ended("c", "lone\ud800"));
        await ReopenAsync(20_000);
        await Commit(Ended("d", "lone\ud800"));
        await Commit(Ended("e", "later"));
        Assert.Equal((4L, 1L, 0L), (await Failed("lone\ufffd"), await Failed("later"), await Failed("other")));
        Assert.Equal(["d", "c", "b", "a"], await Ids(new() { Workflow = ["lone\ufffd"] }));

        async Task<long> Failed(string workflow) =>
            (await Reads.FiguresAsync(T0, T0.AddHours(1), workflow, null, None)).ByStatus.GetValueOrDefault(ExecutionStatus.Failed);
    }

    [Fact]
    public async Task Labels_with_invalid_unicode_and_the_same_stored_form_are_one()
    {
        var state = State("a") with { Facts = new() { Labels = new() { ["k\udc00"] = "2", ["k\ud800"] = "1", ["l"] = "\ud800" } } };
        await Commit(First(state));
        await Commit(Next(state, History(1)));
        Assert.Equal(["a"], await Ids(new() { Label = [new("k\ufffd", "2")] }));
        Assert.Equal(["a"], await Ids(new() { Label = [new("l", "\ufffd")] }));
        Assert.Empty(await Ids(new() { Label = [new("k\ufffd", "1")] }));
    }

    /// <summary>The hash that ties a cursor to its query is no secret, so anybody can write the rest of it.</summary>
    [Theory]
    [InlineData("9223372036854775807")]
    [InlineData("-9223372036854775808")]
    [InlineData("0")]
    [InlineData("\0")]
    [InlineData("")]
    public async Task A_forged_cursor_is_refused_or_gives_a_page(string part)
    {
        var state = State("a");
        var effects = Enumerable.Range(1, 3).SelectMany(i => new Effect[]
        {
            new Effect.Step(Step($"s{i}", i), IsNew: true), History(i, $"e{i}"), new Effect.Log(i, $"e{i}", T0, T0, 1, Severity.Info, null, null, "m"),
        });
        await Commit(First(state, [.. effects]));
        await Commit(First(State("b")));
        Func<string?, Task<string?>>[] lists =
        [
            async c => (await Reads.ListAsync(new(), 1, c, None)).NextCursor,
            async c => (await Reads.ListAsync(new() { Sort = ListSort.Started }, 1, c, None)).NextCursor,
            async c => (await Reads.ListAsync(new() { Workflow = ["etl"] }, 1, c, None)).NextCursor,
            async c => (await Reads.HistoryAsync(state, newestFirst: false, 1, c, None)).NextCursor,
            async c => (await Reads.HistoryAsync(state, newestFirst: true, 1, c, None)).NextCursor,
            async c => (await Reads.StepsAsync(state, StepFilter.All, 1, c, None)).NextCursor,
            async c => (await Reads.LogsAsync(state, LogFilter.All, 1, c, None)).NextCursor,
            async c => (await Operations.AuditAsync(AuditFilter.All, 1, c, None)).NextCursor,
        ];
        var forged = 0;
        foreach (var list in lists)
        {
            if (await list(null) is { } real)
            {
                var parts = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(real)).Split('\n');
                for (var i = 1; i < parts.Length; i++)
                {
                    string[] others = [.. parts];
                    others[i] = part;
                    var refused = await Record.ExceptionAsync(() => list(Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Join('\n', others)))));
                    Assert.True(refused is null or ArgumentException, $"{refused}");
                    forged++;
                }
            }
        }

        Assert.InRange(forged, 4, 20);
    }

    [Fact]
    public async Task Operator_data_is_stored()
    {
        Assert.Equal([1], await Operations.SettingAsync("s", () => [1], None));
        Assert.Equal([1], await Operations.SettingAsync("s", () => [2], None));
        await Operations.AddKeyAsync(new("k", "n", "admin", ["a", "b"], [3], "{}", T0, null, null), null, None);
        Assert.True(await Operations.RevokeKeyAsync("k", T0, null, None));
        Assert.False(await Operations.RevokeKeyAsync("nope", T0, null, None));
        var key = Assert.Single(await Operations.KeysAsync(None));
        Assert.Equal((T0, 2), (key.RevokedAt!.Value, key.Namespaces!.Count));
        await Operations.AppendAuditAsync(new(T0, "ann", "key.add", null, null, null), None);
        await Commit(First(State("a", @namespace: "n1"), new Effect.Audit("bob", T0, "cancel", "why")));
        Assert.Equal(["bob", "ann"], (await Walk(c => Operations.AuditAsync(AuditFilter.All, 1, c, None))).Select(a => a.By));
        Assert.Equal("a", Assert.Single((await Operations.AuditAsync(new() { Namespaces = ["n1"] }, 5, null, None)).Items).ExecutionId);
    }

    [Fact]
    public async Task A_secret_is_written_only_if_it_is_unchanged_since_it_was_read()
    {
        Assert.Empty(await Access.SecretsAsync(None));
        Assert.False(await Access.WriteSecretAsync("s", [1], [2], None));
        Assert.True(await Access.WriteSecretAsync("s", null, [1], None));
        Assert.False(await Access.WriteSecretAsync("s", null, [2], None));
        Assert.False(await Access.WriteSecretAsync("s", [2], [3], None));
        Assert.True(await Access.WriteSecretAsync("s", [1], [0, 255], None));
        Assert.True(await Access.WriteSecretAsync("t", null, [4], None));
        Assert.Equal([("s", "00FF"), ("t", "04")], (await Access.SecretsAsync(None)).Select(s => (s.Key, Convert.ToHexString(s.Value))).Order());
        await Access.DeleteSecretsAsync(null, None);
        Assert.Empty(await Access.SecretsAsync(None));
    }

    [Fact]
    public async Task A_setting_is_found_or_not_and_erased()
    {
        Assert.Null(await Access.FindSettingAsync("s", None));
        await Operations.WriteSettingAsync("s", [1], None);
        await Operations.WriteSettingAsync("t", [2], None);
        Assert.Equal([1], await Access.FindSettingAsync("s", None));
        await Access.EraseSettingsAsync(["s", "nothing"], None);
        Assert.Null(await Access.FindSettingAsync("s", None));
        Assert.Equal([2], await Access.FindSettingAsync("t", None));
    }

    [Fact]
    public async Task D40_A_key_is_revoked_with_its_descendants_and_no_other()
    {
        await Operations.AddKeyAsync(Key("a"), null, None);
        await Operations.AddKeyAsync(Key("b") with { ParentId = "a" }, null, None);
        await Operations.AddKeyAsync(Key("c") with { ParentId = "b" }, null, None);
        await Operations.AddKeyAsync(Key("d"), null, None);
        Assert.True(await Operations.RevokeKeyAsync("b", T0.AddHours(1), null, None));
        Assert.True(await Operations.RevokeKeyAsync("a", T0.AddHours(2), null, None));

        Assert.Equal(
            [("a", null, T0.AddHours(2)), ("b", "a", T0.AddHours(1)), ("c", "b", T0.AddHours(1)), ("d", default(string), default(DateTimeOffset?))],
            (await Operations.KeysAsync(None)).Select(k => (k.KeyId, k.ParentId, k.RevokedAt)));
    }

    [Fact]
    public async Task D39_Only_one_of_the_keys_with_the_same_prefix_is_usable()
    {
        await Operations.AddKeyAsync(Key("x-1"), null, None);
        await Operations.AddKeyAsync(Key("y"), null, None);
        await Operations.AddKeyAsync(Key("child") with { ParentId = "x-1" }, null, None);
        await Access.InstallKeyAsync(Key("x-2"), "x-", T0.AddHours(1), null, None);
        await Access.InstallKeyAsync(Key("x-3"), "x-", T0.AddHours(2), null, None);
        Assert.Equal([("x-1", "x-2"), ("x-2", "x-3")],
            (await Operations.KeysAsync(None)).Where(k => k.RevokedAt is not null).Select(k => (k.KeyId, k.ReplacedBy)));

        await Access.InstallKeyAsync(Key("x-1"), "x-", T0.AddHours(3), null, None);
        Assert.Equal([("x-2", "x-3"), ("x-3", "x-1")],
            (await Operations.KeysAsync(None)).Where(k => k.RevokedAt is not null).Select(k => (k.KeyId, k.ReplacedBy)));

        // Revoking it also revokes the keys that the replaced ones created.
        Assert.True(await Operations.RevokeKeyAsync("x-1", T0.AddHours(4), null, None));
        Assert.Equal(["y"], (await Operations.KeysAsync(None)).Where(k => k.RevokedAt is null).Select(k => k.KeyId));
    }

    [Fact]
    public async Task A_rotated_key_keeps_the_previous_hash_until_the_overlap_ends()
    {
        await Operations.AddKeyAsync(Key("k"), null, None);
        Assert.False(await Access.RotateKeyAsync("nope", [9], T0, T0, null, None));
        Assert.True(await Access.RotateKeyAsync("k", [1], T0.AddHours(1), T0, null, None));
        Assert.True(await Access.RotateKeyAsync("k", [2], T0.AddHours(2), T0, null, None));
        Assert.Equal([2], Assert.Single(await Operations.KeysAsync(None)).Hash);
        Assert.Equal([("01", "k", T0.AddHours(2)), (Convert.ToHexString(Key("k").Hash), "k", T0.AddHours(1))], await Previous());

        Assert.True(await Access.RotateKeyAsync("k", [3], T0.AddHours(3), T0.AddHours(1), null, None));
        Assert.Equal([("01", "k", T0.AddHours(2)), ("02", "k", T0.AddHours(3))], await Previous());
        await Operations.RevokeKeyAsync("k", T0, null, None);
        Assert.False(await Access.RotateKeyAsync("k", [4], T0.AddHours(4), T0.AddHours(1), null, None));
        Assert.Equal(2, (await Previous()).Length);

        async Task<(string Hash, string KeyId, DateTimeOffset ExpiresAt)[]> Previous() =>
            [.. (await Access.PreviousKeyHashesAsync(None)).Select(p => (Convert.ToHexString(p.Hash), p.KeyId, p.ExpiresAt)).Order()];
    }

    [Fact]
    public async Task D35_A_change_is_stored_with_its_audit_row_and_a_change_without_effect_is_not_recorded()
    {
        await Access.WriteSecretAsync("s", null, [1], None);
        await Operations.AddKeyAsync(Key("k"), Told("add"), None);
        Assert.True(await Access.RotateKeyAsync("k", [1], T0, T0, Told("rotate"), None));
        Assert.True(await Operations.RevokeKeyAsync("k", T0, Told("revoke"), None));
        Assert.False(await Operations.RevokeKeyAsync("nope", T0, Told("revoke nobody"), None));
        Assert.False(await Access.RotateKeyAsync("k", [2], T0, T0, Told("rotate a revoked one"), None));
        await Access.InstallKeyAsync(Key("x-1"), "x-", T0, Told("install"), None);
        await Operations.WriteSettingsAsync([("a", [1]), ("b", [2])], Told("settings"), None);
        Assert.True(await Access.ReplaceSecretsAsync([new("s", [1], [2])], Told("secrets"), None));
        Assert.False(await Access.ReplaceSecretsAsync([new("s", [2], [3]), new("t", [2], [3])], Told("other secrets"), None));
        Assert.Equal([2], (await Access.SecretsAsync(None))["s"]);
        await Access.DeleteSecretsAsync(Told("reset"), None);
        await Access.DeleteSecretsAsync(Told("reset nothing"), None);

        Assert.Equal([1], await Access.FindSettingAsync("a", None));
        Assert.Equal([2], await Access.FindSettingAsync("b", None));
        Assert.Equal(["reset", "secrets", "settings", "install", "revoke", "rotate", "add"], await Actions());
    }

    [Fact]
    public async Task D35_A_change_whose_audit_row_the_store_refuses_is_not_made()
    {
        await Access.WriteSecretAsync("s", null, [1], None);
        await Operations.AddKeyAsync(Key("k"), null, None);
        var refused = new AuditRow(T0, null!, "nobody's", null, null, null);
        Func<Task>[] changes =
        [
            () => Operations.AddKeyAsync(Key("other"), refused, None),
            () => Operations.RevokeKeyAsync("k", T0, refused, None),
            () => Access.RotateKeyAsync("k", [1], T0.AddHours(1), T0, refused, None),
            () => Access.InstallKeyAsync(Key("k-1"), "k", T0, refused, None),
            () => Operations.WriteSettingsAsync([("a", [1])], refused, None),
            () => Access.ReplaceSecretsAsync([new("s", [1], [2])], refused, None),
            () => Access.DeleteSecretsAsync(refused, None),
        ];
        foreach (var change in changes)
        {
            await Assert.ThrowsAsync<StoreException>(change);
        }

        var key = Assert.Single(await Operations.KeysAsync(None));
        Assert.Equal(("k", null, Convert.ToHexString(Key("k").Hash)), (key.KeyId, key.RevokedAt, Convert.ToHexString(key.Hash)));
        Assert.Empty(await Access.PreviousKeyHashesAsync(None));
        Assert.Null(await Access.FindSettingAsync("a", None));
        Assert.Equal([1], Assert.Single(await Access.SecretsAsync(None)).Value);
        Assert.Empty(await Actions());
    }

    [Fact]
    public async Task D35_If_the_caller_disconnects_the_change_and_its_audit_row_are_both_stored_or_neither()
    {
        for (var i = 0; i < 100; i++)
        {
            using var leaving = new CancellationTokenSource();
            var change = Operations.AddKeyAsync(Key($"k{i}"), Told($"k{i}"), leaving.Token);
            var from = System.Diagnostics.Stopwatch.GetTimestamp();
            while (!change.IsCompleted && System.Diagnostics.Stopwatch.GetElapsedTime(from) < TimeSpan.FromMicroseconds(i * 20))
            {
                Thread.SpinWait(20);
            }

            await leaving.CancelAsync();
            try
            {
                await change;
            }
            catch (OperationCanceledException)
            {
            }
        }

        var keys = (await Operations.KeysAsync(None)).Select(k => k.KeyId).Order(StringComparer.Ordinal);
        Assert.Equal(keys, (await Actions()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task D36_The_audit_keeps_the_named_caller_for_every_kind_of_write()
    {
        var caller = new AuditCaller("ci", "key_1", "ci", """{"email":"boss@example.org"}""", "192.0.2.7", "0af7651916cd43dd8448eb211c80319c");
        var state = State("a") with { Status = ExecutionStatus.Failed, TrackerEndedAt = T0, EndedAt = T0, StartedAt = T0 };
        var rows = new[] { "append", "add", "commit", "delete" }.Select(action =>
            AuditRow.Of(caller, T0, action, action is "commit" or "delete" ? "a" : null, state.Namespace, "why")).ToArray();

        await Operations.AppendAuditAsync(rows[0], None);
        await Operations.AddKeyAsync(Key("k"), rows[1], None);
        await Commit(First(state, new Effect.Audit("boss@example.org", T0, "commit", "why") { Caller = caller }));
        Assert.True(await Store.DeleteAsync(Deleted(state) with { Audit = rows[3] }, None));

        Assert.Equal(rows.Reverse(), (await Operations.AuditAsync(AuditFilter.All, 10, null, None)).Items);
        Assert.Equal(rows[2..].Reverse(), (await Operations.AuditAsync(new() { ExecutionId = "a", By = "ci" }, 10, null, None)).Items);
    }

    private static AuditRow Told(string action) => new(T0, "ann", action, null, null, null);

    private async Task<IEnumerable<string>> Actions() => (await Operations.AuditAsync(AuditFilter.All, 1_000, null, None)).Items.Select(r => r.Action);

    private static ApiKeyRow Key(string id) => new(id, id, "admin", null, System.Text.Encoding.UTF8.GetBytes(id), null, T0, null, null);

    [Fact]
    public async Task Heartbeats_are_stored_by_silo_and_an_available_store_answers()
    {
        await Operations.AliveAsync("one", T0, TimeSpan.FromSeconds(6), None);
        await Operations.AliveAsync("two", T0.AddSeconds(1), TimeSpan.FromSeconds(6), None);
        await Operations.AliveAsync("one", T0.AddSeconds(2), TimeSpan.FromSeconds(6), None);
        Assert.Equal([("one", T0.AddSeconds(2)), ("two", T0.AddSeconds(1))], (await Operations.SignsOfLifeAsync(None)).Select(s => (s.Key, s.Value)).Order());
        await Operations.PingAsync(None);
    }

    private static Append Ended(string id, string workflow) =>
        First(State(id, workflow), new Effect.CountEndedEpoch(ExecutionStatus.Failed, Cause.Reported, T0, TimeSpan.FromSeconds(1)));

    /// <summary>Namespace <c>m</c> has a workflow called other, and 1 running and 3 failed of it; <c>n</c> has none, and 2 and 4 of the overflow.</summary>
    protected static async Task OverflowIsApart(IExecutionReads reads)
    {
        Assert.Equal((1, 3, 0, 0), await Of("other", "m"));
        Assert.Equal((0, 0, 0, 0), await Of("other", "n"));
        Assert.Equal((0, 0, 2, 4), await Of(null, "n"));

        async Task<(long Running, long Failed, long OverflowRunning, long OverflowFailed)> Of(string? workflow, string @namespace)
        {
            var figures = await reads.FiguresAsync(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddHours(1), workflow, [@namespace], None);
            return (
                figures.ByStatus.GetValueOrDefault(ExecutionStatus.Running), figures.ByStatus.GetValueOrDefault(ExecutionStatus.Failed),
                figures.Overflow.GetValueOrDefault(ExecutionStatus.Running), figures.Overflow.GetValueOrDefault(ExecutionStatus.Failed));
        }
    }

    /// <summary>Reopens the store with a limit of rows that a page may examine.</summary>
    protected virtual Task ReopenAsync(int examineMax)
    {
        Assert.Skip("This store has no bound that a test can set.");
        return Task.CompletedTask;
    }

    protected async Task Fill() => Assert.All(
        await Store.CommitAsync([.. Enumerable.Range(0, 60).Select(i => First(Filled(i)))], None), o => Assert.IsType<AppendOutcome.Committed>(o));

    // Two of them are created in the same second, so that ids decide the order.
    private static ExecutionState Filled(int i) => State($"id-{i:00}", $"wf{i % 4}", $"n{i % 2}", createdSecond: i / 2) with
    {
        Status = (i % 3) switch { 0 => ExecutionStatus.Running, 1 => ExecutionStatus.Failed, _ => ExecutionStatus.Pending },
        Cause = i % 3 == 1 ? Cause.Reported : null,
        Worker = new($"w{i % 5}", null),
        StartedAt = T0.AddSeconds(i),
        LateCount = i % 8 == 0 ? 2 : 0,
        Resolution = i % 7 == 0 ? new(Resolution.Ignored, null, "x", T0) : null,
        Facts = new()
        {
            Workflow = $"wf{i % 4}",
            TriggeredBy = i % 6 == 0 ? "bob" : null,
            Labels = new() { ["team"] = $"t{i % 3}", ["even"] = i % 2 == 0 ? "yes" : "no" },
        },
    };

    private async Task Matches(ExecutionFilter filter, Func<int, bool> expected) =>
        Assert.Equal(Enumerable.Range(0, 60).Where(expected).Reverse().Select(i => $"id-{i:00}"), await Ids(filter));

    private async Task Oldest(Func<int, bool> expected, string? workflow, string[]? namespaces)
    {
        var ids = Enumerable.Range(0, 60).Where(expected).Select(i => $"id-{i:00}").ToArray();
        foreach (var limit in new[] { 1, 4, 100 })
        {
            Assert.Equal(ids.Take(limit), (await Reads.OldestRunningAsync(workflow, namespaces, limit, None)).Select(s => s.Id.Value));
        }
    }

    private async Task<List<string>> Ids(ExecutionFilter filter) =>
        (await Walk(c => Reads.ListAsync(filter, 3, c, None))).ConvertAll(s => s.Id.Value);

    protected static async Task<List<T>> Walk<T>(Func<string?, Task<Page<T>>> page)
    {
        var (items, cursor) = (new List<T>(), default(string));
        do
        {
            (var more, cursor) = await page(cursor);
            items.AddRange(more);
        }
        while (cursor is not null);
        return items;
    }
}
