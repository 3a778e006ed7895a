using System.Text;
using System.Text.Json;
using ExecutionGrains.Hosting.Parsing;
using ExecutionGrains.Rules;
using Xunit;

namespace ExecutionGrains.Silo.Tests;

public sealed class EventReadingTests
{
    [Theory]
    [InlineData("42")]
    [InlineData("\"x\"")]
    [InlineData("null")]
    [InlineData("true")]
    [InlineData("[1, 2]")]
    [InlineData("""{ "a" : 1 }""")]
    public void S18_an_output_of_any_kind_is_kept_as_written(string output)
    {
        var read = Read($$"""{"eventId":"1","type":"execution.completed","outcome":"success","output":{{output}}}""");

        var completed = Assert.IsType<ExecutionEvent.ExecutionCompleted>(read);
        Assert.Equal(output, Encoding.UTF8.GetString(completed.Output!));
    }

    [Theory]
    [InlineData("""{"eventId":"1","type":"step.started","block":"b"}""", Code.MissingStepId)]
    [InlineData("""{"eventId":"1","type":"step.completed","outcome":"nonsense"}""", Code.MissingStepId)]
    [InlineData("""{"eventId":"1","type":"step.started","stepId":"s"}""", Code.InvalidEvent)]
    [InlineData("""{"eventId":"1","type":"step.started","stepId":5,"block":"b"}""", Code.InvalidEvent)]
    [InlineData("""{"eventId":"1","type":"execution.completed"}""", Code.InvalidEvent)]
    [InlineData("""{"eventId":"1","type":"execution.completed","outcome":"skip"}""", Code.InvalidEvent)]
    [InlineData("""{"eventId":"1","type":"step.burnt"}""", Code.UnknownType)]
    [InlineData("""{"eventId":"1"}""", Code.InvalidEvent)]
    [InlineData("""{"eventId":"1","type":7}""", Code.InvalidEvent)]
    [InlineData("""{"type":"log","message":"m"}""", Code.InvalidEvent)]
    [InlineData("""{"eventId":"1","type":"log"}""", Code.InvalidEvent)]
    [InlineData("""{"eventId":"1","type":"log","message":"m","level":"loud"}""", Code.InvalidEvent)]
    [InlineData("""{"eventId":"1","type":"step.completed","stepId":"s","outcome":"success","cost":-1}""", Code.InvalidEvent)]
    [InlineData("""{"eventId":"1","type":"step.completed","stepId":"s","outcome":"success","cost":1e400}""", Code.InvalidEvent)]
    [InlineData("""{"eventId":"1","type":"execution.started","heartbeatTimeoutSeconds":0}""", Code.InvalidEvent)]
    [InlineData("""{"eventId":"1","type":"execution.started","maxAttempts":1001}""", Code.InvalidEvent)]
    [InlineData("""{"eventId":"1","type":"execution.started","labels":{"a":1}}""", Code.InvalidEvent)]
    [InlineData("[]", Code.InvalidEvent)]
    public void An_invalid_event_gets_its_own_answer(string json, Code code)
    {
        var unreadable = Assert.IsType<ExecutionEvent.Unreadable>(Read(json));

        Assert.Equal(code, unreadable.Code);
        Assert.NotEmpty(unreadable.Message);
    }

    [Theory]
    [InlineData(@"""a\u0000b""")]
    [InlineData(@"""\ud800""")]
    [InlineData(@"""\udc00x""")]
    [InlineData(@"""line\nbreak""")]
    [InlineData(@"""""")]
    public void S21_a_name_with_control_characters_or_lone_surrogates_is_invalid(string block)
    {
        var unreadable = Assert.IsType<ExecutionEvent.Unreadable>(
            Read($$"""{"eventId":"e","type":"step.started","stepId":"s","block":{{block}}}"""));

        Assert.Equal(Code.InvalidEvent, unreadable.Code);
        Assert.Contains("/block", unreadable.Message, StringComparison.Ordinal);
        Assert.Equal("e", unreadable.EventId);
    }

    [Fact]
    public void S21_a_lone_surrogate_in_a_property_name_refuses_that_event_only()
    {
        Assert.IsType<ExecutionEvent.Unreadable>(Read("""{"\ud800":1,"eventId":"e","type":"log","message":"m"}"""));
    }

    [Theory]
    [InlineData("2026-11-21T03:00:00")]
    [InlineData("1969-12-31T23:59:59Z")]
    [InlineData("-001-01-01T00:00:00Z")]
    [InlineData("9999-01-01T00:00:00Z")]
    [InlineData("2026-02-30T00:00:00Z")]
    [InlineData("yesterday")]
    [InlineData("2026-11-21T03:00:61Z")]
    [InlineData("2026-11-21T24:00:01Z")]
    [InlineData("9999-12-31T24:00:00Z")]
    [InlineData("2026-11-21T03:00:00+15:00")]
    [InlineData("2026-1121T03:00:00Z")]
    [InlineData("2026-11-21")]
    [InlineData("1793242800")]
    [InlineData("")]
    public void S21_a_time_out_of_bounds_or_without_offset_is_refused(string at)
    {
        Assert.IsType<ExecutionEvent.Unreadable>(Read($$"""{"eventId":"e","type":"log","message":"m","at":"{{at}}"}"""));
    }

    [Theory]
    [InlineData("2026-11-21T03:00:00Z", "2026-11-21T03:00:00.0000000Z")]
    [InlineData("2026-11-21 03:00:00Z", "2026-11-21T03:00:00.0000000Z")]
    [InlineData("2026-11-21 03:00:00 +00:00", "2026-11-21T03:00:00.0000000Z")]
    [InlineData("2026-11-21t03:00:00z", "2026-11-21T03:00:00.0000000Z")]
    [InlineData("2026-11-21T03:00Z", "2026-11-21T03:00:00.0000000Z")]
    [InlineData("2026-11-21 17:00+1400", "2026-11-21T03:00:00.0000000Z")]
    [InlineData("2026-11-21T17:00:00+14", "2026-11-21T03:00:00.0000000Z")]
    [InlineData("2026-11-20T13:00:00.000001-14:00", "2026-11-21T03:00:00.0000010Z")]
    [InlineData("20261121T030000Z", "2026-11-21T03:00:00.0000000Z")]
    [InlineData("2026-11-20T24:00:00Z", "2026-11-21T00:00:00.0000000Z")]
    [InlineData("2026-11-21T03:00:00,5Z", "2026-11-21T03:00:00.5000000Z")]
    [InlineData("2016-12-31T23:59:60Z", "2016-12-31T23:59:59.9999990Z")]
    [InlineData("2017-01-01T08:59:60.5+0900", "2016-12-31T23:59:59.9999990Z")]
    [InlineData("2026-11-21T03:00:00.123456789Z", "2026-11-21T03:00:00.1234560Z")]
    [InlineData("2026-11-21T05:30:00.5+02:30", "2026-11-21T03:00:00.5000000Z")]
    [InlineData("9998-12-31T23:59:59.999999Z", "9998-12-31T23:59:59.9999990Z")]
    public void A_time_is_read_to_whole_microseconds(string at, string expected)
    {
        Assert.True(IsoTimeParser.TryParse(at, out var time));
        Assert.Equal(expected, time.UtcDateTime.ToString("O"));
    }

    [Theory]
    [InlineData("", null)]
    [InlineData(",\"heartbeatTimeoutSeconds\":null", 0)]
    [InlineData(",\"heartbeatTimeoutSeconds\":1", 1)]
    public void A_missing_lease_a_null_lease_and_a_given_lease_differ(string said, int? expected)
    {
        var started = Assert.IsType<ExecutionEvent.ExecutionStarted>(Read($$"""{"eventId":"e","type":"execution.started"{{said}}}"""));

        Assert.Equal(expected, started.Facts.HeartbeatTimeoutSeconds);
    }

    [Theory]
    [InlineData("100.00000000000001", 100.0)]
    [InlineData("100.0001", 100.0)]
    [InlineData("1e400", 100.0)]
    [InlineData("-0.5", 0.0)]
    [InlineData("40", 40.0)]
    [InlineData("\"42\"", null)]
    [InlineData("\"42%\"", null)]
    [InlineData("null", null)]
    [InlineData("{}", null)]
    [InlineData("true", null)]
    public void D06_A_heartbeats_percent_is_clamped_or_omitted(string percent, double? expected)
    {
        var beat = Assert.IsType<ExecutionEvent.Heartbeat>(Read($$$"""{"type":"heartbeat","progress":{"percent":{{{percent}}},"message":"m"}}"""));

        Assert.Equal(new Progress(expected, "m"), beat.Progress);
    }

    [Theory]
    [InlineData("\"42%\"")]
    [InlineData("7")]
    [InlineData("[1]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"percent":"all"}""")]
    [InlineData("""{"percent":{},"message":[]}""")]
    [InlineData("""{"message":"\ud800"}""")]
    [InlineData("""{"\ud800":1}""")]
    public void D06_A_progress_that_cannot_be_read_does_not_refuse_the_heartbeat(string progress)
    {
        Assert.Null(Assert.IsType<ExecutionEvent.Heartbeat>(Read($$"""{"type":"heartbeat","progress":{{progress}}}""")).Progress);
    }

    [Fact]
    public void D06_A_long_progress_message_is_cut()
    {
        var beat = Assert.IsType<ExecutionEvent.Heartbeat>(Read($$$"""{"type":"heartbeat","progress":{"message":"{{{new string('m', 5_000)}}}\u0000"}}"""));

        Assert.Equal(new string('m', Limits.NoteLengthMax), beat.Progress!.Message);
    }

    [Theory]
    [InlineData("INFO", Severity.Info)]
    [InlineData("Information", Severity.Info)]
    [InlineData("SUCCESS", Severity.Info)]
    [InlineData("warning", Severity.Warn)]
    [InlineData("Warn", Severity.Warn)]
    [InlineData("critical", Severity.Error)]
    [InlineData("FATAL", Severity.Error)]
    [InlineData("ERROR", Severity.Error)]
    [InlineData("trace", Severity.Debug)]
    [InlineData("Debug", Severity.Debug)]
    public void D20_The_levels_of_other_loggers_are_mapped_whatever_their_case(string level, Severity expected) =>
        Assert.Equal(expected, Assert.IsType<ExecutionEvent.Log>(Read($$"""{"eventId":"e","type":"log","message":"m","level":"{{level}}"}""")).Level);

    [Fact]
    public void D20_Outcomes_and_types_are_read_whatever_their_case()
    {
        Assert.Equal(
            Outcome.Success,
            Assert.IsType<ExecutionEvent.ExecutionCompleted>(Read("""{"eventId":"e","type":"execution.completed","outcome":"SUCCESS"}""")).Outcome);
        Assert.Equal(
            StepOutcome.Skip,
            Assert.IsType<ExecutionEvent.StepCompleted>(Read("""{"eventId":"e","type":"Step.Completed","stepId":"s","outcome":"Skip"}""")).Outcome);
    }

    [Fact]
    public void D20_A_NUL_in_a_message_or_a_reason_is_replaced()
    {
        Assert.Equal("a\ufffdb", Assert.IsType<ExecutionEvent.Log>(Read("""{"eventId":"e","type":"log","message":"a\u0000b"}""")).Message);
        Assert.Equal(
            "a\ufffdb", Assert.IsType<ExecutionEvent.ExecutionPaused>(Read("""{"eventId":"e","type":"execution.paused","reason":"a\u0000b"}""")).Reason);
    }

    [Theory]
    [InlineData("\"tomorrow\"")]
    [InlineData("\"2026-11-21T03:00:00\"")]
    [InlineData("\"9999-12-31T23:59:59Z\"")]
    [InlineData("\"\"")]
    [InlineData("1793242800")]
    [InlineData("{}")]
    public void D21_An_end_whose_time_cannot_be_read_is_stored_without_it_and_records_that(string at)
    {
        ExecutionEvent[] ends =
        [
            Read($$"""{"eventId":"e","type":"execution.completed","outcome":"success","at":{{at}}}"""),
            Read($$"""{"eventId":"e","type":"step.completed","stepId":"s","outcome":"success","at":{{at}}}"""),
        ];

        Assert.All(ends, e => Assert.Equal((null, FieldValidation.TimeOmittedNote), (e.At, e.LeftOut)));
        Assert.IsType<ExecutionEvent.Unreadable>(Read($$"""{"eventId":"e","type":"step.started","stepId":"s","block":"b","at":{{at}}}"""));
    }

    [Theory]
    [InlineData(
        """{"eventId":"e","type":"help"}""",
        "/type: must be one of execution.started, execution.paused, execution.resumed, execution.completed, "
        + "step.started, step.completed, log, heartbeat, was help")]
    [InlineData(
        """{"eventId":"e","type":"step.completed","stepId":"s","outcome":"success","memoryBytes":9223372036854775808}""",
        "/memoryBytes: must be a whole number from 0 to 9223372036854775807")]
    [InlineData("""{"eventId":"e","type":"execution.started","labels":{"key":5}}""", "/labels: the value of the label \"key\" must be a string")]
    [InlineData(
        """{"eventId":"e","type":"execution.started","labels":{"key":"a\u0007"}}""", "/labels: the value of the label \"key\" must hold no control characters")]
    [InlineData("""{"eventId":"e","type":"execution.started","labels":{"a=b":"c"}}""", "/labels: the key of the label \"a=b\" must hold no =")]
    [InlineData(
        """{"eventId":"e","type":"execution.started","parentExecutionId":".."}""",
        "/parentExecutionId: must be 1 to 128 characters of [A-Za-z0-9._:-], but not . or ..")]
    [InlineData("""{"eventId":"","type":"log","message":"m"}""", "/eventId: must be 1 to 128 characters, was 0")]
    [InlineData("""{"type":"log","message":"m"}""", "/eventId: is required")]
    [InlineData("""{"eventId":"e","type":"log","message":5}""", "/message: must be a string")]
    public void D18_A_refusal_names_the_field_and_its_rule(string json, string message) =>
        Assert.Equal(message, Assert.IsType<ExecutionEvent.Unreadable>(Read(json)).Message);

    [Fact]
    public void D18_A_33rd_label_exceeds_a_limit()
    {
        var labels = string.Join(',', Enumerable.Range(0, 33).Select(i => $"\"l{i}\":\"\""));

        var unreadable = Assert.IsType<ExecutionEvent.Unreadable>(Read($$$"""{"eventId":"e","type":"execution.started","labels":{{{{labels}}}}}"""));

        Assert.Equal((Code.LimitExceeded, "/labels: must be at most 32 labels, was 33"), (unreadable.Code, unreadable.Message));
    }

    [Fact]
    public void A_fields_rule_has_the_same_wording_over_every_interface()
    {
        var name = new string('n', 257);
        var overHttp = Assert.IsType<ExecutionEvent.Unreadable>(Read($$"""{"eventId":"e","type":"step.started","stepId":"s","block":"{{name}}"}"""));

        var overTheGrain = FieldValidation.Normalize(new ExecutionEvent.StepStarted { EventId = "e", StepId = "s", Block = name });

        Assert.Equal(overHttp, overTheGrain);
    }

    private static ExecutionEvent Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        return FieldValidation.Normalize(EventReader.Read(document.RootElement));
    }
}
