using System.Text;
using System.Text.Json;
using static ExecutionGrains.Scenarios.World;

namespace ExecutionGrains.Scenarios;

/// <summary>S15 to S21. Silo.Tests covers S21 for HTTP.</summary>
public abstract class BadInput(StoreKind store) : Scenario(store)
{
    private const string Secret = "the-secret-4711";

    private static readonly ExecutionFacts Traced = new() { Workflow = "import", ExplicitTrace = true };

    [Fact]
    public async Task S15_A_step_end_without_a_step_id_after_a_valid_one_does_not_change_the_state()
    {
        await using var w = await OpenAsync();
        await w.Create("x", W1);
        await w.Report("x", StepEnd("s1"));
        var before = await w.State("x");

        var answer = await w.Report("x", Unreadable("bad", "step.completed", Code.MissingStepId));

        Assert.Equal((Result.Rejected, Code.MissingStepId), (answer.Result, answer.Code));
        var after = await w.State("x");
        Assert.Equal(
            (before.Status, before.Version, before.StepCount, before.LastCompleted), (after.Status, after.Version, after.StepCount, after.LastCompleted));
        Assert.Single(await w.Steps("x"));
    }

    [Fact]
    public async Task S16_A_refused_final_report_followed_by_silence_is_report_rejected()
    {
        await using var w = await OpenAsync();
        await w.Create("x", W1);
        await w.Report("x", Unreadable("bad", "execution.completed", Code.InvalidEvent));

        await w.Seconds(72);
        await w.Sweep();

        var state = await w.State("x");
        Assert.Equal((ExecutionStatus.Exception, FinalizationPath.ForceFailed, Cause.ReportRejected), (state.Status, state.Path, state.Cause));
    }

    [Fact]
    public async Task S17_The_same_refused_event_a_thousand_times_is_one_counted_rejection()
    {
        await using var w = await OpenAsync();
        await w.Create("x", W1);
        var answers = await Task.WhenAll(Enumerable.Range(0, 1_000).Select(_ => w.Report("x", Unreadable("bad", "step.completed", Code.MissingStepId))));

        Assert.Equal(new EventAnswer("bad", Result.Rejected, Code.MissingStepId, "no"), Assert.Single(answers.Distinct()));
        Assert.Equal(("bad", 1_000L), (Assert.Single(await w.Rejections("x")).EventId, (await w.Rejections("x"))[0].Count));
        Assert.Single(await w.History("x"), h => h.Result == Result.Rejected);
    }

    [Theory]
    [InlineData("42")]
    [InlineData("\"x\"")]
    [InlineData("null")]
    [InlineData("[1,{\"a\":false}]")]
    public async Task S18_An_output_of_any_json_kind_is_kept(string output)
    {
        await using var w = await OpenAsync();
        await w.Create("x", W1, Traced);

        Assert.Equal(Result.Applied, (await w.Report("x", StepEnd("s1") with { Output = Encoding.UTF8.GetBytes(output) })).Result);
        Assert.Equal(Result.Applied, (await w.Report("x", End() with { Output = Encoding.UTF8.GetBytes(output) })).Result);

        Assert.Equal(output, Encoding.UTF8.GetString((await w.Step("x", "s1")).Output!));
        Assert.Equal(output, Encoding.UTF8.GetString((await w.Payload("x"))!.Output!));
    }

    [Fact]
    public async Task S19_An_output_over_the_limit_is_cut_and_the_execution_continues()
    {
        await using var w = await OpenAsync();
        await w.Create("x", W1, Traced);
        var huge = JsonSerializer.SerializeToUtf8Bytes(new string('o', 200_000));

        Assert.Equal(Result.Applied, (await w.Report("x", StepEnd("s1") with { Output = huge, Error = huge })).Result);
        Assert.Equal(Result.Applied, (await w.Report("x", End() with { Output = huge })).Result);

        var step = await w.Step("x", "s1");
        Assert.Equal(StepStatus.Succeeded, step.Status);
        Assert.Equal((10_240, 64 * 1024), (Content(step.Output!).Length, Content(step.Error!).Length));
        Assert.Equal(ExecutionStatus.Succeeded, (await w.State("x")).Status);
        Assert.Equal(64 * 1024, Content((await w.Payload("x"))!.Output!).Length);
    }

    [Fact]
    public async Task S21_A_name_with_invalid_unicode_is_refused_permanently_and_other_events_are_not()
    {
        await using var w = await OpenAsync();
        await w.Create("x", W1);
        await w.Report("x", StepStart("s\ufffd") with { EventId = "e\ufffd" });
        ExecutionEvent[] bad =
        [
            StepStart("s\ud800"), StepStart("s1", "b\udc00"), StepEnd("s\ud800"), Line("m") with { EventId = "e\ud800" }, Line("m") with { Source = "\ud800" },
            new ExecutionEvent.ExecutionStarted { Worker = new("w\ud800", null) },
            new ExecutionEvent.ExecutionStarted { Facts = new() { Labels = new() { ["\ud800"] = "1" } } },
        ];

        for (var again = 1; again <= 2; again++)
        {
            var answer = await w.ReportAll(
                "x", 1, [.. bad.Select((e, i) => e with { EventId = e.EventId ?? $"bad{i}" }), Line("\ud800 in a text") with { EventId = "fine" }]);
            Assert.Null(answer.Refused);
            Assert.All(answer.Results.SkipLast(1), r => Assert.Equal((Result.Rejected, Code.InvalidEvent), (r.Result, r.Code)));
            Assert.Equal(again == 1 ? Result.Applied : Result.Duplicate, answer.Results[^1].Result);
        }

        await Assert.ThrowsAsync<ArgumentException>(() => w.Create("y", facts: new() { Workflow = "\ud800" }));
        await Assert.ThrowsAsync<ArgumentException>(() => w.On("x").Claim(new Worker("\udc00", null), Caller.Local));
        Assert.Equal("\ufffd in a text", Assert.Single(await w.Logs("x")).Message);
        Assert.Equal((bad.Length, 2L), ((await w.Rejections("x")).Count, (await w.Rejections("x"))[0].Count));
    }

    [Fact]
    public async Task S21_A_name_out_of_bounds_is_refused_with_its_field_and_creates_nothing()
    {
        await using var w = await OpenAsync();
        var name = new string('x', 257);
        ExecutionFacts[] bad =
        [
            new() { Workflow = name }, new() { Namespace = "" }, new() { Labels = new() { [name] = "v" } }, new() { TriggeredBy = "a\tb" },
            new() { ParentExecutionId = "no id" },
            new() { HeartbeatTimeoutSeconds = -1 },
        ];

        var faults = await Task.WhenAll(bad.Select(facts => Assert.ThrowsAsync<ArgumentException>(() => w.Create("x", facts: facts))));
        Assert.Equal(
            ["/workflow", "/namespace", "/labels", "/trigger/by", "/parentExecutionId", "/heartbeatTimeoutSeconds"],
            faults.Select(fault => fault.Message.Split(':')[0]));
        await Assert.ThrowsAsync<ArgumentException>(() => w.Create("x", new Worker(name, null)));
        await Assert.ThrowsAsync<ArgumentException>(() => w.On("x").Claim(new Worker("", null), Caller.Local));
        await Assert.ThrowsAsync<ArgumentException>(
            () => w.On("x").Create(new CreateExecution { Facts = new() { Workflow = "w" } }, new Caller { Name = name }));
        await Assert.ThrowsAsync<ArgumentException>(
            () => w.On("x").Create(new CreateExecution { Facts = new() { Workflow = "w" } }, new Caller { Name = "ann", Namespaces = [name] }));
        await Assert.ThrowsAsync<ArgumentException>(
            () => w.On("x").Report(new EventReport(1, [Line("m") with { EventId = "e1" }]), new Caller { Name = name }));
        Assert.Equal(Code.UnknownExecution, (await w.On("x").Claim(W1, Caller.Local)).Code);
    }

    [Fact]
    public async Task S21_NUL_names_of_1_MB_and_times_of_any_year_get_clear_answers_and_other_callers_are_served()
    {
        await using var w = await OpenAsync();
        await w.Create("x", W1);
        await w.Create("neighbour", W2);
        var huge = new string('n', 1_000_000);
        ExecutionEvent[] bad =
        [
            StepStart("s\0"), StepStart(huge), StepStart("s1", huge), StepEnd("\0"), Line("m") with { EventId = "e\0" }, Line("m") with { EventId = huge },
            Line("m") with { Source = huge }, new ExecutionEvent.ExecutionStarted { Worker = new("w\0", null) },
            new ExecutionEvent.ExecutionStarted { Facts = new() { Labels = new() { [huge] = "1" } } },
        ];

        var answer = await w.ReportAll("x", 1, bad);
        Assert.Equal(bad.Length, answer.Results.Length);
        Assert.All(answer.Results, r => Assert.Equal((Result.Rejected, false), (r.Result, r.Retryable)));
        foreach (var (step, at) in new[]
        {
            ("first", DateTimeOffset.MinValue),
            ("last", DateTimeOffset.MaxValue),
            ("negative", DateTimeOffset.UnixEpoch.AddTicks(-1)),
        })
        {
            var timed = await w.ReportAll("x", 1, StepStart(step, at: at), StepEnd(step, at: at));
            Assert.Null(timed.Refused);
            Assert.All(timed.Results, r => Assert.Contains(r.Result, new[] { Result.Applied, Result.Rejected }));
        }

        Assert.Equal(Result.Applied, (await w.Report("neighbour", StepEnd("s1"))).Result);
        Assert.Equal(Result.Applied, (await w.Report("x", End() with { At = DateTimeOffset.MaxValue })).Result);
        Assert.All(await w.Steps("x"), s => Assert.True(s.EndedAt >= s.StartedAt));
        Assert.Equal(ExecutionStatus.Succeeded, (await w.State("x")).Status);
        await w.HistoryGivesTheState("x");
        Assert.Equal(1, (await w.Figures()).ByStatus[ExecutionStatus.Succeeded]);
    }

    [Fact]
    public async Task S21_A_progress_that_is_not_a_number_is_omitted_and_a_long_message_is_cut()
    {
        await using var w = await OpenAsync();
        await w.Create("x", W1);
        var novel = new string('n', 1_023) + "😀" + new string('n', 100_000);

        Assert.Equal((Result.Applied, null), await Said(new ExecutionEvent.Heartbeat { Progress = new(double.NaN, null) }));
        Assert.Null((await w.State("x")).Progress);
        Assert.Equal((Result.Applied, null), await Said(new ExecutionEvent.Heartbeat { Progress = new(50, novel) }));
        Assert.Equal((Result.Applied, null), await Said(new ExecutionEvent.ExecutionPaused { Reason = novel }));
        Assert.Equal(new Progress(50, novel[..1_023]), (await w.State("x")).Progress);
        Assert.Equal(novel[..1_023], (await w.On("x").Cancel(novel, Caller.Local)).Reason);

        async Task<(Result, Code?)> Said(ExecutionEvent e)
        {
            var answer = await w.Report("x", e);
            return (answer.Result, answer.Code);
        }
    }

    [Theory]
    [InlineData('i')]
    [InlineData('é')]
    [InlineData('漢')]
    [InlineData('"')]
    public async Task S20_Twenty_kilobytes_of_traced_input_become_at_most_10_240_bytes_with_the_marker(char letter)
    {
        await using var w = await OpenAsync();
        await w.Create("x", W1, Traced);

        await w.Report(
            "x",
            StepStart("s1") with
            {
                Input = Encoding.UTF8.GetBytes(letter == '"' ? $"[{string.Join(',', Enumerable.Repeat("\"\"", 7_000))}]" : $"\"{new string(letter, 20_000)}\""),
            });

        var content = Content((await w.Step("x", "s1")).Input!);
        Assert.InRange(content.Length, 10_230, 10_240);
        var text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(content);
        Assert.EndsWith("[truncated]", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\uFFFD', text);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task S20_Without_a_trace_input_and_output_are_in_no_table_no_evidence_and_no_log(bool traced)
    {
        await using var w = await OpenAsync();
        await w.Create("x", W1, traced ? Traced : null);
        var payload = JsonSerializer.SerializeToUtf8Bytes(Secret);

        await w.ReportAll(
            "x",
            1,
            StepStart("s1") with { Input = payload },
            StepEnd("s1") with { Input = payload, Output = payload },
            End(),
            StepStart("s2") with { Input = payload },
            StepEnd("s2") with { Output = payload });
        await w.ReportAll("x", 1, StepEnd("s1", StepOutcome.Fail) with { EventId = "refused", Output = payload }, StepStart("s1") with { Input = payload });
        w.Faults.Refuse = _ => "the store refused it";
        await w.ReportAll("x", 1, StepStart("s3") with { Input = payload });
        w.Faults.Refuse = _ => null;
        w.Faults.Away = true;
        await w.ReportAll("x", 1, StepEnd("s3") with { Output = payload });
        w.Faults.Away = false;

        Assert.Equal(traced, await w.FilesHold(Secret));
        Assert.Equal(traced, (await w.Evidence("x")).Any(e => e.Payload.AsSpan().IndexOf(Encoding.UTF8.GetBytes(Secret)) >= 0));
        Assert.Equal(4, (await w.Evidence("x")).Count);
        await w.Restart();
        Assert.Equal(traced, await w.FilesHold(Secret));
        Assert.Contains(w.Log.Lines, line => line.Contains("the store refused it", StringComparison.Ordinal));
        Assert.DoesNotContain(w.Log.Lines, line => line.Contains(Secret, StringComparison.Ordinal));
    }

    private static ExecutionEvent.Unreadable Unreadable(string id, string type, Code code) =>
        new() { EventId = id, Code = code, Message = "no", ClaimedType = type };

    private static byte[] Content(byte[] json) => Encoding.UTF8.GetBytes(JsonSerializer.Deserialize<string>(json)!);
}
