namespace ExecutionGrains.Rules;

/// <summary>What may be said, whichever way it came (rule 17). HTTP has found the same before, field by field; a caller of the grain interface hears of it here.</summary>
public static class Bounds
{
    /// <summary>The event as it was said, its notes cut, or what stands in its place where a field of it is out of bounds: refused, and on the record.</summary>
    public static ExecutionEvent Readable(ExecutionEvent @event) => @event switch
    {
        ExecutionEvent.Unreadable => @event,
        _ when Violation(@event) is { } violation => Unreadable(@event, violation),
        ExecutionEvent.ExecutionPaused { Reason.Length: > Limits.NoteLength } e => e with { Reason = Note(e.Reason) },
        ExecutionEvent.ExecutionResumed { Reason.Length: > Limits.NoteLength } e => e with { Reason = Note(e.Reason) },
        ExecutionEvent.Heartbeat { Progress: { Message.Length: > Limits.NoteLength } progress } e => e with { Progress = progress with { Message = Note(progress.Message) } },
        _ => @event,
    };

    /// <summary>A reason or a progress message, cut.</summary>
    public static string? Note(string? text) => text is null ? null : UnicodeText.Cut(text, Limits.NoteLength);

    /// <exception cref="ArgumentException">A field is out of bounds; the message names the first one and its bound.</exception>
    public static void Check(ExecutionFacts facts, Worker? start) => Check(Of(facts) ?? Of(start));

    /// <inheritdoc cref="Check(ExecutionFacts, Worker?)"/>
    public static void Check(Worker worker) => Check(Of(worker));

    /// <summary>Of what an execution that the caller makes known has from him. HTTP gives the names of keys, which are within bounds.</summary>
    /// <inheritdoc cref="Check(ExecutionFacts, Worker?)"/>
    public static void Check(Caller caller) => Check(Name("caller.name", caller.Name ?? string.Empty) ?? Name("caller.namespaces", caller.DefaultNamespace));

    private static ExecutionEvent.Unreadable Unreadable(ExecutionEvent @event, string violation) => new()
    {
        EventId = @event.EventId is { } id && Names.Fault(id, Limits.EventIdLength) is null ? id : null,
        At = @event.At,
        Code = Code.InvalidEvent,
        Message = violation,
        ClaimedType = @event.Type,
    };

    private static void Check(string? violation)
    {
        if (violation is not null)
        {
            throw new ArgumentException(violation);
        }
    }

    private static string? Violation(ExecutionEvent @event) => IdOf(@event) ?? @event switch
    {
        ExecutionEvent.ExecutionStarted e => Of(e.Worker) ?? Of(e.Facts),
        ExecutionEvent.ExecutionCompleted e => Cost(e.Cost) ?? AtLeast("traceSpanCount", e.TraceSpanCount, 0) ?? Name("workerId", e.WorkerId) ?? Of(e.Facts),
        ExecutionEvent.StepStarted e => Step(e.StepId, e.Block ?? string.Empty, e.BlockType, e.ParentStepId),
        ExecutionEvent.StepCompleted e => Step(e.StepId, e.Block, e.BlockType, e.ParentStepId) ?? Cost(e.Cost) ?? AtLeast("memoryBytes", e.MemoryBytes, 0),
        ExecutionEvent.Heartbeat e => e.Progress?.Percent is null or (>= 0 and <= 100) ? null : "progress.percent: must be a number from 0 to 100",
        ExecutionEvent.Log e => Name("source", e.Source) ?? Name("stepId", e.StepId),
        _ => null,
    };

    private static string? IdOf(ExecutionEvent @event) =>
        @event is ExecutionEvent.Heartbeat && @event.EventId is null ? null : Name("eventId", @event.EventId ?? string.Empty, Limits.EventIdLength);

    private static string? Step(string? stepId, string? block, string? blockType, string? parentStepId) =>
        Name("stepId", stepId ?? string.Empty) ?? Name("block", block) ?? Name("blockType", blockType) ?? Name("parentStepId", parentStepId);

    private static string? Of(Worker? worker) => worker is null ? null : Name("workerId", worker.WorkerId ?? string.Empty) ?? Name("incarnation", worker.Incarnation);

    private static string? Of(ExecutionFacts facts) => ReferenceEquals(facts, ExecutionFacts.None)
        ? null
        : Name("workflow", facts.Workflow) ?? Name("namespace", facts.Namespace) ?? Name("trigger.type", facts.TriggerType) ?? Name("trigger.by", facts.TriggeredBy)
        ?? Labels(facts.Labels) ?? Name("configVersion", facts.ConfigVersion) ?? Parent(facts.ParentExecutionId) ?? Name("traceparent", facts.Traceparent)
        ?? AtLeast("heartbeatTimeoutSeconds", facts.HeartbeatTimeoutSeconds, 0) ?? AtLeast("timeoutSeconds", facts.TimeoutSeconds, 1) ?? Attempts(facts.MaxAttempts);

    /// <summary>Not how many: that counts once they are merged (<see cref="FactsRules.Overfull"/>).</summary>
    private static string? Labels(Dictionary<string, string>? labels)
    {
        foreach (var (key, value) in labels ?? [])
        {
            if ((Name("labels", key) ?? Name("labels", value ?? string.Empty, Limits.LabelValueLength)) is { } violation)
            {
                return violation;
            }
        }

        return null;
    }

    private static string? Name(string field, string? name, int lengthMax = Limits.NameLength) =>
        name is not null && Names.Fault(name, lengthMax) is { } fault ? $"{field}: {fault}" : null;

    private static string? Parent(string? id) => id is null || ExecutionId.IsValid(id) ? null : "parentExecutionId: must be 1 to 128 characters of [A-Za-z0-9._:-]";

    private static string? Attempts(int? most) => most is null or (>= 1 and <= Limits.Attempts) ? null : $"maxAttempts: must be from 1 to {Limits.Attempts}";

    private static string? AtLeast(string field, long? number, long least) => number < least ? $"{field}: must be from {least}" : null;

    private static string? Cost(decimal? cost) => cost is null or (>= 0 and <= Limits.Cost) ? null : "cost: must be from 0 to 1e15";
}
