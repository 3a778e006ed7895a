using System.Net;
using Xunit;

namespace ExecutionGrains.Client.Tests;

public sealed class HttpTransportTests
{
    private const string Handle =
        """{"executionId":"e-1","result":"applied","status":"running","version":"""
        + """2,"epoch":3,"token":"t-1","leaseExpiresAt":"2026-11-21T03:01:00.000000Z","new":1}""";
    private const string Answer =
        """{"executionId":"e-1","status":"running","version":7,"epoch":3,"control":"""
        + """{"cancelRequested":true,"cancelReason":"why","stop":false},"token":"t-2","results":["""
        + """{"eventId":"1","result":"rejected","code":"some_new_word","message":"m","retryable":false}]}""";

    private static readonly ExecutionId Execution = new("e-1");
    private static readonly DateTimeOffset At = new DateTimeOffset(2026, 11, 21, 3, 0, 0, 123, TimeSpan.Zero).AddMicroseconds(456);

    [Fact]
    public async Task A_create_is_sent_as_in_the_contract_and_its_handle_is_read()
    {
        var handler = new AnsweringHandler((HttpStatusCode.Created, Handle));
        using var transport = new HttpTransport(new("https://tracker/base"), "eg_key", handler);
        var create = new CreateExecution
        {
            Facts = new()
            {
                Workflow = "import",
                TriggerType = "schedule",
                Labels = new() { ["region"] = "eu" },
                HeartbeatTimeoutSeconds = 0,
                TimeoutSeconds = 60,
            },
            Start = new("worker-7", "b1f3"),
            StartAt = At,
        };
        var grant = await transport.CreateAsync(Execution, create, default);

        Assert.Equal((3, "t-1", ExecutionStatus.Running), (grant.Epoch, grant.Token, grant.Status));
        var (path, credential, body) = handler.Requests.Single();
        Assert.Equal(("/base/v1/executions", "eg_key"), (path, credential));
        Assert.Equal(
            """{"executionId":"e-1","workflow":"import","trigger":{"type":"schedule"},"labels":{"region":"eu"},"heartbeatTimeoutSeconds":"""
            + """null,"timeoutSeconds":60,"start":{"workerId":"worker-7","incarnation":"b1f3","at":"2026-11-21T03:00:00.123456Z"}}""",
            body.GetRawText());
    }

    [Fact]
    public async Task Events_are_sent_as_in_the_contract_with_the_run_token()
    {
        var handler = new AnsweringHandler((HttpStatusCode.OK, Answer));
        using var transport = new HttpTransport(new("https://tracker"), "eg_key", handler);
        ExecutionEvent[] events =
        [
            new ExecutionEvent.StepCompleted { EventId = "1", At = At, StepId = "s1", Outcome = StepOutcome.Fail, Output = "{}"u8.ToArray(), Cost = 0.002m },
            new ExecutionEvent.Log { EventId = "2", Message = "ä", Level = Severity.Warn, Source = "extract", StepId = "s1" },
            new ExecutionEvent.Heartbeat { Progress = new(40, null) },
        ];
        var reply = await transport.ReportAsync(Execution, new(3, events), "t-1", default);

        Assert.Equal("t-2", reply.Token);
        Assert.Equal(new Control(true, "why", false), reply.Answer.Control);
        Assert.Equal(new EventAnswer("1", Result.Rejected, null, "m"), reply.Answer.Results.Single());
        Assert.Equal("t-1", handler.Requests.Single().Credential);
        var body = handler.Requests.Single().Body;
        Assert.Equal(3, body.GetProperty("epoch").GetInt32());
        Assert.Equal(
            """{"eventId":"1","type":"step.completed","at":"2026-11-21T03:00:00.123456Z","stepId":"s1","outcome":"fail","output":{},"cost":0.002}""",
            body.GetProperty("events")[0].GetRawText());
        Assert.Equal("ä", body.GetProperty("events")[1].GetProperty("message").GetString());
        Assert.Equal("""{"type":"heartbeat","progress":{"percent":40}}""", body.GetProperty("events")[2].GetRawText());
    }

    [Fact]
    public async Task A_refusal_is_thrown_with_its_code_and_retry_delay()
    {
        var handler =
            new AnsweringHandler((HttpStatusCode.TooManyRequests, """{"code":"overloaded","detail":"queue full"}""")) { RetryAfter = TimeSpan.FromSeconds(3) };
        using var transport = new HttpTransport(new("https://tracker"), "eg_key", handler);
        var e = await Assert.ThrowsAsync<TrackerException>(() => transport.ClaimAsync(Execution, new("w", null), default));
        Assert.Equal(("overloaded", 429, true, TimeSpan.FromSeconds(3)), (e.Code, e.Status, e.Transient, e.RetryAfter));
        Assert.DoesNotContain("eg_key", e.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_expired_run_token_is_replaced_by_the_key()
    {
        var handler = new AnsweringHandler((HttpStatusCode.Unauthorized, """{"code":"token_expired"}"""), (HttpStatusCode.OK, Answer));
        using var transport = new HttpTransport(new("https://tracker"), "eg_key", handler);
        await transport.ReportAsync(Execution, new(3, [new ExecutionEvent.Heartbeat()]), "t-1", default);
        Assert.Equal(["t-1", "eg_key"], handler.Requests.Select(request => request.Credential));
    }

    [Fact]
    public async Task An_answer_that_is_not_from_a_tracker_is_a_transport_failure()
    {
        using var transport = new HttpTransport(new("https://tracker"), "eg_key", new AnsweringHandler((HttpStatusCode.OK, "<html>")));
        Assert.True((await Assert.ThrowsAsync<TrackerException>(() => transport.ClaimAsync(Execution, new("w", null), default))).Transient);
    }
}
