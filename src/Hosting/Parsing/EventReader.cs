using System.Collections.Frozen;
using System.Text.Json;
using ExecutionGrains.Rules;

namespace ExecutionGrains.Hosting.Parsing;

/// <summary>
/// Reads one event of a report. An event with a missing field, or a field of the wrong type, becomes an <see cref="ExecutionEvent.Unreadable"/>, whose result
/// is a rejection: one bad event must not fail the request. The grain checks the bounds of most values later (<see cref="FieldValidation.Normalize"/>).
/// </summary>
public static class EventReader
{
    private const int ClaimedTypeLength = 64;

    private static readonly FrozenDictionary<string, Func<JsonFields, ExecutionEvent>> Types = new Dictionary<string, Func<JsonFields, ExecutionEvent>>
    {
        ["execution.started"] = Started,
        ["execution.paused"] = fields => new ExecutionEvent.ExecutionPaused { Reason = fields.String("reason") },
        ["execution.resumed"] = fields => new ExecutionEvent.ExecutionResumed { Reason = fields.String("reason") },
        ["execution.completed"] = Completed,
        ["step.started"] = StepStarted,
        ["step.completed"] = StepCompleted,
        ["log"] = Log,
        ["heartbeat"] = fields => new ExecutionEvent.Heartbeat { Progress = fields.Progress("progress") },
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private const string UnknownType =
        "must be one of execution.started, execution.paused, execution.resumed, execution.completed, step.started, step.completed, log, heartbeat";

    /// <summary>The replacement for an entry that cannot be read as an event at all.</summary>
    public static ExecutionEvent.Unreadable Unreadable(Code code, string message) => Unreadable(null, "", code, message);

    public static ExecutionEvent Read(JsonElement json)
    {
        try
        {
            return ReadUnguarded(json);
        }
        catch (InvalidOperationException)
        {
            // System.Text.Json throws this if a property name contains a lone surrogate.
            return Unreadable(Code.InvalidEvent, "a property's name holds a lone surrogate");
        }
    }

    private static ExecutionEvent ReadUnguarded(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            return Unreadable(Code.InvalidEvent, "an event must be an object");
        }

        var fields = new JsonFields(json);
        var type = fields.String("type", required: true);
        if (type is null)
        {
            return Refused(fields.String("eventId"), "", fields.Faults[0]);
        }

        if (!Types.TryGetValue(type, out var body))
        {
            var message = $"{UnknownType}, was {UnicodeText.Truncate(type, ClaimedTypeLength)}";
            return Refused(fields.String("eventId"), type, new FieldError("/type", message, Code.UnknownType));
        }

        var read = body(fields);
        var at = fields.TimeOrFault("at", out var isFault);
        var isEnd = read is ExecutionEvent.ExecutionCompleted or ExecutionEvent.StepCompleted;
        if (isFault && !isEnd)
        {
            fields.Fail("at", FieldValidation.TimeRule);
        }

        read = Named(read, fields) with { EventId = fields.String("eventId"), At = at, LeftOut = isFault ? FieldValidation.TimeOmittedNote : null };
        if (fields.IsFine)
        {
            return read;
        }

        fields.Add(FieldValidation.Validate(read));
        return Refused(read.EventId, read.Type, FieldValidation.MostSpecific(fields.Faults));
    }

    /// <summary>
    /// Adds workflow and namespace to the event. The start and the end of an execution have them among their facts. For a heartbeat, values of the wrong type
    /// are ignored, because a heartbeat must not fail for them.
    /// </summary>
    private static ExecutionEvent Named(ExecutionEvent read, JsonFields fields) => read switch
    {
        ExecutionEvent.ExecutionStarted or ExecutionEvent.ExecutionCompleted => read,
        ExecutionEvent.Heartbeat => read with { Workflow = fields.StringOrNull("workflow"), Namespace = fields.StringOrNull("namespace") },
        _ => read with { Workflow = fields.String("workflow"), Namespace = fields.String("namespace") },
    };

    private static ExecutionEvent.ExecutionStarted Started(JsonFields fields)
    {
        var workerId = fields.String("workerId");
        var incarnation = fields.String("incarnation");
        return new ExecutionEvent.ExecutionStarted
        {
            Facts = FactsReader.Read(fields),
            Worker = workerId is null ? null : new Worker(workerId, incarnation),
        };
    }

    private static ExecutionEvent.ExecutionCompleted Completed(JsonFields fields) => new()
    {
        Outcome = fields.Word<Outcome>("outcome", required: true) ?? default,
        Output = fields.Payload("output"),
        Error = Error(fields),
        Cost = fields.Cost("cost"),
        TraceSpanCount = (int?)fields.Whole("traceSpanCount", FieldValidation.TraceSpans),
        WorkerId = fields.String("workerId"),
        Facts = FactsReader.Read(fields),
    };

    private static ExecutionEvent.StepStarted StepStarted(JsonFields fields) => new()
    {
        StepId = StepId(fields),
        Block = fields.String("block", required: true)!,
        BlockType = fields.String("blockType"),
        ParentStepId = fields.String("parentStepId"),
        Input = fields.Payload("input"),
    };

    private static ExecutionEvent.StepCompleted StepCompleted(JsonFields fields) => new()
    {
        StepId = StepId(fields),
        Outcome = fields.Word<StepOutcome>("outcome", required: true) ?? default,
        Block = fields.String("block"),
        BlockType = fields.String("blockType"),
        ParentStepId = fields.String("parentStepId"),
        Input = fields.Payload("input"),
        Output = fields.Payload("output"),
        Error = Error(fields),
        Cost = fields.Cost("cost"),
        MemoryBytes = fields.Whole("memoryBytes", FieldValidation.MemoryBytes),
    };

    private static ExecutionEvent.Log Log(JsonFields fields) => new()
    {
        Message = fields.String("message", required: true)!,
        Level = fields.Word("level", aliases: LogLevelAliases.Aliases) ?? Severity.Info,
        Source = fields.String("source"),
        StepId = fields.String("stepId"),
    };

    /// <summary>The step's id. Null only together with a fault, in which case the event is replaced by an unreadable one.</summary>
    private static string StepId(JsonFields fields) => fields.String("stepId", required: true, missing: Code.MissingStepId)!;

    /// <summary>The field <c>error</c> as JSON text. An explicit null means no error, unlike an <c>output</c> of null.</summary>
    private static byte[]? Error(JsonFields fields) => fields.TryGet("error", out _) ? fields.Payload("error") : null;

    private static ExecutionEvent.Unreadable Refused(string? eventId, string type, FieldError fault) =>
        Unreadable(FieldValidation.EventId(eventId), type, fault.Code, fault.ToString());

    private static ExecutionEvent.Unreadable Unreadable(string? eventId, string type, Code code, string message) => new()
    {
        EventId = eventId,
        Code = code,
        Message = message,
        ClaimedType = UnicodeText.Truncate(type, ClaimedTypeLength),
    };
}
