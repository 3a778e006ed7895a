using System.Text.Json;
using ExecutionGrains.Rules;

namespace ExecutionGrains.Silo.Parsing;

/// <summary>Reads one event. What is wrong with it is its own answer (<see cref="ExecutionEvent.Unreadable"/>), never the request's error.</summary>
public static class EventReading
{
    private const int ClaimedTypeLength = 64;

    public static ExecutionEvent Read(JsonElement json)
    {
        try
        {
            return ReadUnguarded(json);
        }
        catch (InvalidOperationException)
        {
            // System.Text.Json's way of saying that a property's name holds a lone surrogate.
            return Unreadable(null, "", Code.InvalidEvent, "a property's name holds a lone surrogate");
        }
    }

    private static ExecutionEvent ReadUnguarded(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            return Unreadable(null, "", Code.InvalidEvent, "an event must be an object");
        }

        var fields = new Fields(json);
        var type = fields.Free("type", required: true);
        var heartbeat = type == "heartbeat";
        var eventId = fields.Name("eventId", Limits.EventIdLength, required: !heartbeat);
        var at = fields.Time("at");
        var read = type is null ? null : Body(type, fields);
        if (type is not null && read is null)
        {
            return Unreadable(eventId, type, Code.UnknownType, $"/type: {UnicodeText.Cut(type, ClaimedTypeLength)} is no type of event");
        }

        if (fields.IsFine && read is not null)
        {
            return read with { EventId = eventId, At = at };
        }

        var first = MostSpecific(fields.Errors);
        return Unreadable(eventId, type ?? "", first.Code, first.ToString());
    }

    private static ExecutionEvent? Body(string type, Fields fields) => type switch
    {
        "execution.started" => Started(fields),
        "execution.paused" => new ExecutionEvent.ExecutionPaused { Reason = fields.Free("reason", Limits.NoteLength) },
        "execution.resumed" => new ExecutionEvent.ExecutionResumed { Reason = fields.Free("reason", Limits.NoteLength) },
        "execution.completed" => Completed(fields),
        "step.started" => StepStarted(fields),
        "step.completed" => StepCompleted(fields),
        "log" => Log(fields),
        "heartbeat" => new ExecutionEvent.Heartbeat { Progress = fields.Progress("progress") },
        _ => null,
    };

    private static ExecutionEvent.ExecutionStarted Started(Fields fields)
    {
        var workerId = fields.Name("workerId");
        var incarnation = fields.Name("incarnation");
        return new ExecutionEvent.ExecutionStarted
        {
            Facts = FactsReading.Read(fields),
            Worker = workerId is null ? null : new Worker(workerId, incarnation),
        };
    }

    private static ExecutionEvent.ExecutionCompleted Completed(Fields fields) => new()
    {
        Outcome = fields.Word<Outcome>("outcome", required: true) ?? default,
        Output = fields.Payload("output"),
        Error = Error(fields),
        Cost = fields.Cost("cost"),
        TraceSpanCount = (int?)fields.Whole("traceSpanCount", 0, int.MaxValue),
        WorkerId = fields.Name("workerId"),
        Facts = FactsReading.Read(fields),
    };

    private static ExecutionEvent.StepStarted StepStarted(Fields fields) => new()
    {
        StepId = StepId(fields),
        Block = fields.Name("block", required: true) ?? "",
        BlockType = fields.Name("blockType"),
        ParentStepId = fields.Name("parentStepId"),
        Input = fields.Payload("input"),
    };

    private static ExecutionEvent.StepCompleted StepCompleted(Fields fields) => new()
    {
        StepId = StepId(fields),
        Outcome = fields.Word<StepOutcome>("outcome", required: true) ?? default,
        Block = fields.Name("block"),
        BlockType = fields.Name("blockType"),
        ParentStepId = fields.Name("parentStepId"),
        Input = fields.Payload("input"),
        Output = fields.Payload("output"),
        Error = Error(fields),
        Cost = fields.Cost("cost"),
        MemoryBytes = fields.Whole("memoryBytes", 0, long.MaxValue),
    };

    private static ExecutionEvent.Log Log(Fields fields) => new()
    {
        Message = fields.Free("message", required: true) ?? "",
        Level = fields.Word<LogLevel>("level") ?? LogLevel.Info,
        Source = fields.Name("source"),
        StepId = fields.Name("stepId"),
    };

    private static string StepId(Fields fields) => fields.Name("stepId", required: true, missing: Code.MissingStepId) ?? "";

    /// <summary>An error that is null is none.</summary>
    private static byte[]? Error(Fields fields) => fields.TryGet("error", out _) ? fields.Payload("error") : null;

    /// <summary>A missing step id says more than whatever else is wrong.</summary>
    private static FieldError MostSpecific(IReadOnlyList<FieldError> errors)
    {
        foreach (var error in errors)
        {
            if (error.Code != Code.InvalidEvent)
            {
                return error;
            }
        }

        return errors[0];
    }

    private static ExecutionEvent.Unreadable Unreadable(string? eventId, string type, Code code, string message) => new()
    {
        EventId = eventId,
        Code = code,
        Message = message,
        ClaimedType = UnicodeText.Cut(type, ClaimedTypeLength),
    };
}
