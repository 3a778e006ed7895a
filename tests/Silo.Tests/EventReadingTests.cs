using System.Text;
using System.Text.Json;
using ExecutionGrains.Silo.Parsing;
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
    public void S18_an_output_of_any_kind_is_kept_as_its_own_text(string output)
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
    [InlineData("""{"type":"heartbeat","progress":{"percent":101}}""", Code.InvalidEvent)]
    [InlineData("""{"eventId":"1","type":"step.completed","stepId":"s","outcome":"success","cost":-1}""", Code.InvalidEvent)]
    [InlineData("""{"eventId":"1","type":"step.completed","stepId":"s","outcome":"success","cost":1e400}""", Code.InvalidEvent)]
    [InlineData("""{"eventId":"1","type":"execution.started","heartbeatTimeoutSeconds":0}""", Code.InvalidEvent)]
    [InlineData("""{"eventId":"1","type":"execution.started","maxAttempts":1001}""", Code.InvalidEvent)]
    [InlineData("""{"eventId":"1","type":"execution.started","labels":{"a":1}}""", Code.InvalidEvent)]
    [InlineData("[]", Code.InvalidEvent)]
    public void A_wrong_event_is_answered_by_itself(string json, Code code)
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
    public void S21_a_name_with_controls_or_lone_surrogates_is_none(string block)
    {
        var unreadable = Assert.IsType<ExecutionEvent.Unreadable>(
            Read($$"""{"eventId":"e","type":"step.started","stepId":"s","block":{{block}}}"""));

        Assert.Equal(Code.InvalidEvent, unreadable.Code);
        Assert.Contains("/block", unreadable.Message, StringComparison.Ordinal);
        Assert.Equal("e", unreadable.EventId);
    }

    [Fact]
    public void S21_a_lone_surrogate_in_a_property_name_is_that_events_fault()
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
    public void S21_a_time_out_of_bounds_or_without_offset_is_refused(string at)
    {
        Assert.IsType<ExecutionEvent.Unreadable>(Read($$"""{"eventId":"e","type":"log","message":"m","at":"{{at}}"}"""));
    }

    [Theory]
    [InlineData("2026-11-21T03:00:00Z", "2026-11-21T03:00:00.0000000Z")]
    [InlineData("2026-11-21T03:00:00.123456789Z", "2026-11-21T03:00:00.1234560Z")]
    [InlineData("2026-11-21T05:30:00.5+02:30", "2026-11-21T03:00:00.5000000Z")]
    [InlineData("9998-12-31T23:59:59.999999Z", "9998-12-31T23:59:59.9999990Z")]
    public void A_time_is_read_to_whole_microseconds(string at, string expected)
    {
        Assert.True(IsoTimes.TryParse(at, out var time));
        Assert.Equal(expected, time.UtcDateTime.ToString("O"));
    }

    [Theory]
    [InlineData("", null)]
    [InlineData(",\"heartbeatTimeoutSeconds\":null", 0)]
    [InlineData(",\"heartbeatTimeoutSeconds\":1", 1)]
    public void A_lease_left_out_null_and_given_are_three_things(string said, int? expected)
    {
        var started = Assert.IsType<ExecutionEvent.ExecutionStarted>(Read($$"""{"eventId":"e","type":"execution.started"{{said}}}"""));

        Assert.Equal(expected, started.Facts.HeartbeatTimeoutSeconds);
    }

    private static ExecutionEvent Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        return EventReading.Read(document.RootElement);
    }
}
