using System.Text.Json;

namespace ExecutionGrains.Rules;

/// <summary>Reads a history row back into the command that wrote it.</summary>
internal static class HistoryCommandReader
{
    public static Command Read(Effect.History row)
    {
        if (row is { Result: Result.Rejected, Code: { } code })
        {
            return Report(
                row, new ExecutionEvent.Unreadable { EventId = row.EventId, At = row.At, Code = code, Message = string.Empty, ClaimedType = row.Type });
        }

        using var document = JsonDocument.Parse(row.Facts ?? throw new FormatException($"Row {row.Sequence} ({row.Type}) has no facts."));
        var facts = document.RootElement;
        return row.EventId is not null ? Report(row, Event(row, facts), facts) : row.Type switch
        {
            "execution.created" => new Command.Create(Facts(facts.GetProperty("facts")), null, null, By(facts), Text(facts, "namespace")),
            "execution.started" => new Command.Create(ExecutionFacts.None, Worker(facts), row.At, By(facts), null),
            "execution.claimed" => new Command.Claim(Worker(facts)!, By(facts)),
            "heartbeat" => Report(row, Event(row, facts), facts),
            "operator.cancel" => new Command.Cancel(Text(facts, "reason"), By(facts)),
            "operator.resolve" => new Command.Resolve(Word<Resolution>(facts, "resolution"), Text(facts, "reason"), By(facts)),
            "operator.requeue" => new Command.Requeue(Text(facts, "reason"), By(facts)),
            "tracker.restored" => new Command.Fence(row.Epoch),
            "tracker.claim_expired" => new Command.ApplyDeadline(Move.ExpireClaim),
            _ => new Command.ApplyDeadline(MoveOf(Word<Cause>(facts, "reason"))),
        };
    }

    private static Move MoveOf(Cause cause) => cause switch
    {
        Cause.LostAfterClaim or Cause.LostAfterStart => Move.Lose,
        Cause.Timeout => Move.TimeOut,
        Cause.ReportRejected => Move.RefuseReport,
        Cause.CancelUnconfirmed => Move.Cancel,
        _ => throw new FormatException($"The cause {cause.Word()} does not belong to a deadline."),
    };

    private static Command Report(Effect.History row, ExecutionEvent @event, JsonElement facts = default)
    {
        var said = facts.ValueKind == JsonValueKind.Object;
        return said && @event is ExecutionEvent.ExecutionCompleted end && Text(facts, "completionFailure") is { } failure
            ? new Command.CompleteWithoutPayloads(end, row.Epoch, row.Hash ?? [], string.Empty, null, failure)
            : new Command.ApplyEvent(@event, row.Epoch, row.Hash, string.Empty, null, said && Flag(facts, "trace") == true);
    }

    private static ExecutionEvent Event(Effect.History row, JsonElement facts)
    {
        ExecutionEvent read = row.Type switch
        {
            "execution.started" => new ExecutionEvent.ExecutionStarted { Worker = Worker(facts), Facts = Facts(facts) },
            "execution.paused" => new ExecutionEvent.ExecutionPaused { Reason = Text(facts, "reason") },
            "execution.resumed" => new ExecutionEvent.ExecutionResumed { Reason = Text(facts, "reason") },
            "execution.completed" => new ExecutionEvent.ExecutionCompleted
            {
                Outcome = Word<Outcome>(facts, "outcome"),
                Cost = Number(facts, "cost"),
                TraceSpanCount = (int?)Number(facts, "traceSpanCount"),
                WorkerId = Text(facts, "workerId"),
                Facts = Facts(facts),
            },
            "step.started" => new ExecutionEvent.StepStarted
            {
                StepId = Text(facts, "stepId")!,
                Block = Text(facts, "block")!,
                BlockType = Text(facts, "blockType"),
                ParentStepId = Text(facts, "parentStepId"),
            },
            "step.completed" => new ExecutionEvent.StepCompleted
            {
                StepId = Text(facts, "stepId")!,
                Outcome = Word<StepOutcome>(facts, "outcome"),
                Block = Text(facts, "block"),
                BlockType = Text(facts, "blockType"),
                ParentStepId = Text(facts, "parentStepId"),
                Cost = Number(facts, "cost"),
                MemoryBytes = (long?)Number(facts, "memoryBytes"),
            },
            "heartbeat" => new ExecutionEvent.Heartbeat(),
            "log" => new ExecutionEvent.Log
            {
                Message = string.Empty,
                Level = Word<Severity>(facts, "level"),
                Source = Text(facts, "source"),
                StepId = Text(facts, "stepId")
            },
            _ => throw new FormatException($"Row {row.Sequence} has an unknown type: {row.Type}."),
        };
        read = read with { EventId = row.EventId, At = row.At };
        return read is ExecutionEvent.ExecutionStarted or ExecutionEvent.ExecutionCompleted
            ? read
            : read with { Workflow = Text(facts, "workflow"), Namespace = Text(facts, "namespace") };
    }

    private static ExecutionFacts Facts(JsonElement facts) => new()
    {
        Workflow = Text(facts, "workflow"),
        Namespace = Text(facts, "namespace"),
        TriggerType = Text(facts, "triggerType"),
        TriggeredBy = Text(facts, "triggeredBy"),
        Labels = facts.TryGetProperty("labels", out var labels)
            ? labels.EnumerateObject().ToDictionary(l => l.Name, l => l.Value.GetString()!, StringComparer.Ordinal)
            : null,
        ConfigVersion = Text(facts, "configVersion"),
        ParentExecutionId = Text(facts, "parentExecutionId"),
        ExplicitTrace = Flag(facts, "explicitTrace"),
        Traceparent = Text(facts, "traceparent"),
        HeartbeatTimeoutSeconds = (int?)Number(facts, "heartbeatTimeoutSeconds"),
        TimeoutSeconds = (int?)Number(facts, "timeoutSeconds"),
        Idempotent = Flag(facts, "idempotent"),
        MaxAttempts = (int?)Number(facts, "maxAttempts"),
    };

    private static Worker? Worker(JsonElement facts) => Text(facts, "workerId") is { } id ? new Worker(id, Text(facts, "incarnation")) : null;

    private static string By(JsonElement facts) => Text(facts, "by")!;

    private static string? Text(JsonElement facts, string name) => facts.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static decimal? Number(JsonElement facts, string name) => facts.TryGetProperty(name, out var value) ? value.GetDecimal() : null;

    private static bool? Flag(JsonElement facts, string name) => facts.TryGetProperty(name, out var value) ? value.GetBoolean() : null;

    private static T Word<T>(JsonElement facts, string name)
        where T : struct, Enum =>
        Words.TryParse<T>(Text(facts, name), out var value) ? value : throw new FormatException($"{name} is not a value of {typeof(T).Name}.");
}
