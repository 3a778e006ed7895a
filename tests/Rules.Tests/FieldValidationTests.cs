using static ExecutionGrains.Rules.Tests.World;

namespace ExecutionGrains.Rules.Tests;

/// <summary>Every bounded field, at its bound and just above it.</summary>
public sealed class FieldValidationTests
{
    private const string NameOver = "must be 1 to 256 characters, was 257";
    private const string NameNone = "must be 1 to 256 characters, was 0";

    private static readonly string Most = new('x', 256);
    private static readonly string Over = new('x', 257);

    /// <summary>The error message, an event that is just over the bound, and one that is just within it.</summary>
    private static readonly (string Message, ExecutionEvent Over, ExecutionEvent Within)[] Fields =
    [
        ($"/stepId: {NameOver}", StepStart(Over), StepStart(Most)),
        ($"/block: {NameOver}", StepStart("s", Over), StepStart("s", Most)),
        ($"/block: {NameNone}", StepStart("s", ""), StepStart("s", "b")),
        ("/block: is required", StepStart("s", null!), StepStart("s", "b")),
        ($"/blockType: {NameOver}", StepStart("s") with { BlockType = Over }, StepStart("s") with { BlockType = Most }),
        ($"/parentStepId: {NameOver}", StepStart("s") with { ParentStepId = Over }, StepStart("s") with { ParentStepId = Most }),
        ($"/stepId: {NameNone}", StepEnd(""), StepEnd("s")),
        ("/stepId: is required", StepEnd(null!), StepEnd("s")),
        ($"/block: {NameOver}", StepEnd("s") with { Block = Over }, StepEnd("s") with { Block = Most }),
        ($"/blockType: {NameOver}", StepEnd("s") with { BlockType = Over }, StepEnd("s") with { BlockType = Most }),
        ($"/parentStepId: {NameOver}", StepEnd("s") with { ParentStepId = Over }, StepEnd("s") with { ParentStepId = Most }),
        ("/cost: must be a number from 0 to 1e15", StepEnd("s") with { Cost = -0.01m }, StepEnd("s") with { Cost = 0 }),
        ("/cost: must be a number from 0 to 1e15", StepEnd("s") with { Cost = Limits.CostMax + 1 }, StepEnd("s") with { Cost = Limits.CostMax }),
        ("/memoryBytes: must be a whole number from 0 to 9223372036854775807", StepEnd("s") with { MemoryBytes = -1 }, StepEnd("s") with { MemoryBytes = 0 }),
        ("/cost: must be a number from 0 to 1e15", End() with { Cost = -0.01m }, End() with { Cost = Limits.CostMax }),
        ("/traceSpanCount: must be a whole number from 0 to 2147483647", End() with { TraceSpanCount = -1 }, End() with { TraceSpanCount = 0 }),
        ($"/workerId: {NameOver}", End() with { WorkerId = Over }, End() with { WorkerId = Most }),
        ($"/workflow: {NameOver}", End() with { Facts = new() { Workflow = Over } }, End() with { Facts = new() { Workflow = Most } }),
        ($"/workerId: {NameNone}", Start(new Worker("", null)), Start(new Worker("w", null))),
        ("/workerId: is required", Start(new Worker(null!, null)), Start(new Worker("w", null))),
        ($"/incarnation: {NameOver}", Start(new Worker("w", Over)), Start(new Worker("w", Most))),
        ($"/source: {NameOver}", Log() with { Source = Over }, Log() with { Source = Most }),
        ($"/stepId: {NameOver}", Log() with { StepId = Over }, Log() with { StepId = Most }),
        ("/eventId: must be 1 to 128 characters, was 129", Log() with { EventId = new('x', 129) }, Log() with { EventId = new('x', 128) }),
        ("/eventId: is required", Log() with { EventId = null }, Log()),
        ("/eventId: must be 1 to 128 characters, was 129", Beat(1) with { EventId = new('x', 129) }, Beat(1) with { EventId = "e" }),
        .. Facts().Select(f => (f.Message, (ExecutionEvent)(Start() with { Facts = f.Over }), (ExecutionEvent)(Start() with { Facts = f.Within }))),
    ];

    public static TheoryData<int> Rows() => [.. Enumerable.Range(0, Fields.Length)];

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_field_over_its_bound_makes_the_event_unreadable_and_one_within_it_does_not(int row)
    {
        var (message, over, within) = Fields[row];
        over = Identified(over) with { At = Begin };

        var refused = Assert.IsType<ExecutionEvent.Unreadable>(FieldValidation.Normalize(over));

        var id = message.StartsWith("/eventId", StringComparison.Ordinal) ? null : over.EventId;
        var code = message == "/stepId: is required" ? Code.MissingStepId : Code.InvalidEvent;
        Assert.Equal((message, code, over.Type, Begin, id), (refused.Message, refused.Code, refused.Type, refused.At, refused.EventId));
        Assert.Same(refused, FieldValidation.Normalize(refused));
        within = Identified(within);
        Assert.Same(within, FieldValidation.Normalize(within));
    }

    [Fact]
    public void A_create_call_a_worker_and_a_caller_have_the_same_bounds()
    {
        foreach (var (message, over, within) in Facts())
        {
            Assert.Equal(message, Assert.Throws<ArgumentException>(() => FieldValidation.ThrowIfInvalid(over, null)).Message);
            FieldValidation.ThrowIfInvalid(within, W1);
        }

        var refused = Assert.Throws<ArgumentException>(() => FieldValidation.ThrowIfInvalid(ExecutionFacts.None, new Worker(Over, null)));
        Assert.Equal($"/start/workerId: {NameOver}", refused.Message);
        Assert.Equal($"/incarnation: {NameNone}", Assert.Throws<ArgumentException>(() => FieldValidation.ThrowIfInvalid(new Worker("w", ""))).Message);
        Assert.Equal($"/caller/name: {NameNone}", Assert.Throws<ArgumentException>(() => FieldValidation.ThrowIfInvalid(new Caller { Name = "" })).Message);
        Assert.Equal("/caller/name: is required", Assert.Throws<ArgumentException>(() => FieldValidation.ThrowIfInvalid(new Caller { Name = null! })).Message);
        Assert.Equal(
            $"/caller/namespaces: {NameOver}",
            Assert.Throws<ArgumentException>(() => FieldValidation.ThrowIfInvalid(new Caller { Name = "n", Namespaces = [Over] })).Message);
        FieldValidation.ThrowIfInvalid(new Caller { Name = Most, Namespaces = [Most] });
        FieldValidation.ThrowIfInvalid(new Worker(Most, Most));
    }

    [Theory]
    [InlineData(100.1, 100.0)]
    [InlineData(double.PositiveInfinity, 100.0)]
    [InlineData(-0.1, 0.0)]
    [InlineData(double.NaN, null)]
    [InlineData(50.0, 50.0)]
    public void D06_A_heartbeats_percent_is_clamped_or_omitted(double said, double? kept) =>
        Assert.Equal(new Progress(kept, "m"), ((ExecutionEvent.Heartbeat)FieldValidation.Normalize(Beat(said))).Progress);

    [Fact]
    public void D06_A_progress_without_a_valid_field_is_dropped() =>
        Assert.Null(((ExecutionEvent.Heartbeat)FieldValidation.Normalize(new ExecutionEvent.Heartbeat { Progress = new(double.NaN, null) })).Progress);

    [Fact]
    public void D18_A_33rd_label_exceeds_a_limit()
    {
        var labels = Enumerable.Range(0, 33).ToDictionary(i => $"l{i}", _ => "");

        var refused = Assert.IsType<ExecutionEvent.Unreadable>(FieldValidation.Normalize(Identified(Start() with { Facts = new() { Labels = labels } })));

        Assert.Equal((Code.LimitExceeded, "/labels: must be at most 32 labels, was 33"), (refused.Code, refused.Message));
        labels.Remove("l0");
        Assert.IsType<ExecutionEvent.ExecutionStarted>(FieldValidation.Normalize(Identified(Start() with { Facts = new() { Labels = labels } })));
    }

    [Fact]
    public void D21_A_time_out_of_bounds_is_omitted_from_an_end_and_refused_elsewhere()
    {
        foreach (var at in new[] { DateTimeOffset.UnixEpoch.AddTicks(-1), new DateTimeOffset(9999, 1, 1, 0, 0, 0, TimeSpan.Zero) })
        {
            ExecutionEvent[] ends = [End(), StepEnd("s")];
            Assert.All(ends, e => Assert.Equal((null, FieldValidation.TimeOmittedNote), Timed(FieldValidation.Normalize(Identified(e) with { At = at }))));
            var refused = Assert.IsType<ExecutionEvent.Unreadable>(FieldValidation.Normalize(Identified(StepStart("s")) with { At = at }));
            Assert.Equal($"/at: {FieldValidation.TimeRule}", refused.Message);
            Assert.Equal([new FieldError("/start/at", FieldValidation.TimeRule)], FieldValidation.Validate(ExecutionFacts.None, W1, at));
        }

        foreach (var at in new[] { DateTimeOffset.UnixEpoch, new DateTimeOffset(9998, 12, 31, 23, 59, 59, TimeSpan.Zero) })
        {
            Assert.Equal((at, null), Timed(FieldValidation.Normalize(Identified(End()) with { At = at })));
        }

        static (DateTimeOffset?, string?) Timed(ExecutionEvent e) => (e.At, e.LeftOut);
    }

    [Fact]
    public void D21_The_history_says_that_the_time_of_an_end_was_omitted()
    {
        var w = new World();
        w.Create(W1);
        w.Report(StepEnd("s") with { At = DateTimeOffset.MaxValue });
        w.Report(End() with { At = DateTimeOffset.MaxValue });

        var ends = w.Effects.OfType<Effect.History>().Where(h => h.Type.EndsWith(".completed", StringComparison.Ordinal)).ToList();

        Assert.Equal(2, ends.Count);
        Assert.All(ends, h => Assert.Equal((null, FieldValidation.TimeOmittedNote), (h.At, HistoryRowJson.CallerAndReason(h).Reason)));
        Assert.Equal((ExecutionStatus.Succeeded, w.Now), (w.S.Status, w.S.EndedAt));
        w.HistoryGivesTheState();
    }

    [Theory]
    [InlineData(1_024)]
    [InlineData(1_025)]
    public void A_reason_or_a_progress_message_is_cut_to_1024_characters(int length)
    {
        var (note, cut) = (new string('n', length), new string('n', 1_024));

        Assert.Equal(cut, ((ExecutionEvent.ExecutionPaused)FieldValidation.Normalize(Identified(new ExecutionEvent.ExecutionPaused { Reason = note }))).Reason);
        var resumed = (ExecutionEvent.ExecutionResumed)FieldValidation.Normalize(Identified(new ExecutionEvent.ExecutionResumed { Reason = note }));
        Assert.Equal(cut, resumed.Reason);
        var heartbeat = (ExecutionEvent.Heartbeat)FieldValidation.Normalize(new ExecutionEvent.Heartbeat { Progress = new(5, note) });
        Assert.Equal(new Progress(5, cut), heartbeat.Progress);
        Assert.Null(FieldValidation.NormalizeNote(null));
        Assert.Equal(new string('n', 1_023), FieldValidation.NormalizeNote(new string('n', 1_023) + "😀"));
    }

    [Theory]
    [InlineData("a\u001f", "must hold no control characters")]
    [InlineData("a\u0000", "must hold no control characters")]
    [InlineData("a\u007f", "must hold no control characters")]
    [InlineData("a\u009f", "must hold no control characters")]
    [InlineData(" ~\u00a0é😀", null)]
    public void A_name_contains_no_control_characters(string name, string? fault) => Assert.Equal(fault, NameRule.Validate(name));

    [Fact]
    public void A_name_is_well_formed_unicode()
    {
        Assert.Equal("must hold no lone surrogates", NameRule.Validate("a\ud83d"));
        Assert.Equal("must hold no lone surrogates", NameRule.Validate("😀\ude00"));
    }

    private static ExecutionEvent.Heartbeat Beat(double? percent) => new() { Progress = new Progress(percent, "m") };

    private static ExecutionEvent.Log Log() => new() { Message = "m", EventId = "e" };

    private static ExecutionEvent Identified(ExecutionEvent e) => e is ExecutionEvent.Heartbeat or ExecutionEvent.Log ? e : e with { EventId = "e" };

    private static (string Message, ExecutionFacts Over, ExecutionFacts Within)[] Facts() =>
    [
        ($"/workflow: {NameOver}", new() { Workflow = Over }, new() { Workflow = Most }),
        ($"/workflow: {NameNone}", new() { Workflow = "" }, new() { Workflow = "w" }),
        ($"/namespace: {NameOver}", new() { Namespace = Over }, new() { Namespace = Most }),
        ($"/trigger/type: {NameOver}", new() { TriggerType = Over }, new() { TriggerType = Most }),
        ($"/trigger/by: {NameOver}", new() { TriggeredBy = Over }, new() { TriggeredBy = Most }),
        ($"/labels: the key of the label \"{Over[..64]}\" must be 1 to 64 characters, was 65",
            new() { Labels = new() { [Over[..65]] = "v" } }, new() { Labels = new() { [Most[..64]] = "v" } }),
        ("/labels: the key of the label \"a=b\" must hold no =", new() { Labels = new() { ["a=b"] = "v" } }, new() { Labels = new() { ["a:b"] = "=" } }),
        ("/labels: the value of the label \"k\" must be 0 to 256 characters, was 257",
            new() { Labels = new() { ["k"] = Over } }, new() { Labels = new() { ["k"] = Most } }),
        ("/labels: the value of the label \"k\" must be a string", new() { Labels = new() { ["k"] = null! } }, new() { Labels = new() { ["k"] = "" } }),
        ($"/configVersion: {NameOver}", new() { ConfigVersion = Over }, new() { ConfigVersion = Most }),
        ($"/parentExecutionId: {ExecutionId.Rule}", new() { ParentExecutionId = "a b" }, new() { ParentExecutionId = "a.b" }),
        ($"/parentExecutionId: {ExecutionId.Rule}", new() { ParentExecutionId = ".." }, new() { ParentExecutionId = "..." }),
        ($"/traceparent: {NameOver}", new() { Traceparent = Over }, new() { Traceparent = Most }),
        ("/heartbeatTimeoutSeconds: must be a whole number from 1 to 2147483647",
            new() { HeartbeatTimeoutSeconds = -1 }, new() { HeartbeatTimeoutSeconds = 0 }),
        ("/timeoutSeconds: must be a whole number from 1 to 2147483647", new() { TimeoutSeconds = 0 }, new() { TimeoutSeconds = 1 }),
        ("/maxAttempts: must be a whole number from 1 to 1000", new() { MaxAttempts = 0 }, new() { MaxAttempts = 1 }),
        ("/maxAttempts: must be a whole number from 1 to 1000", new() { MaxAttempts = 1_001 }, new() { MaxAttempts = 1_000 }),
    ];
}
