namespace ExecutionGrains.Rules;

/// <summary>
/// Checks the fields of events and calls against their limits. HTTP requests are first read into the types of the grain interface, so that HTTP calls and
/// grain calls pass the same checks.
/// </summary>
public static class Bounds
{
    public const int LabelKeyLength = 64;

    public const string CostRule = "must be a number from 0 to 1e15";

    public const string TimeRule = "must be an ISO 8601 time with an offset or Z, from 1970-01-01 to 9998-12-31";

    /// <summary>The note in the history row of an end whose time was left out because it could not be read.</summary>
    public const string TimeLeftOut = $"at was left out: {TimeRule}";

    private const string Required = "is required";

    public static readonly WholeRange Seconds = new(1, int.MaxValue);

    public static readonly WholeRange Attempts = new(1, Limits.Attempts);

    public static readonly WholeRange TraceSpans = new(0, int.MaxValue);

    public static readonly WholeRange MemoryBytes = new(0, long.MaxValue);

    public static readonly WholeRange Epochs = new(1, int.MaxValue);

    private static readonly DateTimeOffset TimeEnd = new(9999, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>
    /// The event to apply, with its optional fields repaired (<see cref="Mended(ExecutionEvent)"/>). If a field is out of bounds, an
    /// <see cref="ExecutionEvent.Unreadable"/> that replaces it: it is rejected and recorded.
    /// </summary>
    public static ExecutionEvent Readable(ExecutionEvent @event)
    {
        if (@event is ExecutionEvent.Unreadable)
        {
            return @event;
        }

        var mended = Mended(@event);
        return Faults(mended) is { Count: > 0 } faults ? Unreadable(mended, MostSpecific(faults)) : mended;
    }

    /// <summary>The fields of an event that are out of bounds.</summary>
    public static IReadOnlyList<FieldFault> Faults(ExecutionEvent @event)
    {
        List<FieldFault>? faults = null;
        if (@event is not ExecutionEvent.Heartbeat || @event.EventId is not null)
        {
            Name(ref faults, "/eventId", @event.EventId, Limits.EventIdLength, required: true);
        }

        if (@event.At is { } at && !IsTime(at))
        {
            Add(ref faults, "/at", TimeRule);
        }

        Name(ref faults, "/workflow", @event.Workflow);
        Name(ref faults, "/namespace", @event.Namespace);
        switch (@event)
        {
            case ExecutionEvent.ExecutionStarted e:
                Check(ref faults, e.Worker, string.Empty);
                Check(ref faults, e.Facts);
                break;
            case ExecutionEvent.ExecutionCompleted e:
                Cost(ref faults, e.Cost);
                Whole(ref faults, "/traceSpanCount", e.TraceSpanCount, TraceSpans);
                Name(ref faults, "/workerId", e.WorkerId);
                Check(ref faults, e.Facts);
                break;
            case ExecutionEvent.StepStarted e:
                Step(ref faults, e.StepId, e.Block, e.BlockType, e.ParentStepId, blockRequired: true);
                break;
            case ExecutionEvent.StepCompleted e:
                Step(ref faults, e.StepId, e.Block, e.BlockType, e.ParentStepId, blockRequired: false);
                Cost(ref faults, e.Cost);
                Whole(ref faults, "/memoryBytes", e.MemoryBytes, MemoryBytes);
                break;
            case ExecutionEvent.Log e:
                if (e.Message is null)
                {
                    Add(ref faults, "/message", Required);
                }

                Name(ref faults, "/source", e.Source);
                Name(ref faults, "/stepId", e.StepId);
                break;
        }

        return faults ?? (IReadOnlyList<FieldFault>)[];
    }

    /// <summary>The fields of a create call that are out of bounds.</summary>
    public static IReadOnlyList<FieldFault> Faults(ExecutionFacts facts, Worker? start, DateTimeOffset? startAt)
    {
        List<FieldFault>? faults = null;
        Check(ref faults, facts);
        Check(ref faults, start, "/start");
        if (startAt is { } at && !IsTime(at))
        {
            Add(ref faults, "/start/at", TimeRule);
        }

        return faults ?? (IReadOnlyList<FieldFault>)[];
    }

    /// <summary>The fields of a worker that are out of bounds.</summary>
    public static IReadOnlyList<FieldFault> Faults(Worker worker)
    {
        List<FieldFault>? faults = null;
        Check(ref faults, worker, string.Empty);
        return faults ?? (IReadOnlyList<FieldFault>)[];
    }

    /// <summary>The fault to report to the sender: the first with a code more specific than <see cref="Code.InvalidEvent"/>, else the first.</summary>
    public static FieldFault MostSpecific(IReadOnlyList<FieldFault> faults)
    {
        foreach (var fault in faults)
        {
            if (fault.Code != Code.InvalidEvent)
            {
                return fault;
            }
        }

        return faults[0];
    }

    /// <summary>The event id if it is within bounds, else null.</summary>
    public static string? EventId(string? id) => id is not null && Names.Fault(id, Limits.EventIdLength) is null ? id : null;

    /// <summary>True from 1970-01-01 to the end of 9998.</summary>
    public static bool IsTime(DateTimeOffset at) => at >= DateTimeOffset.UnixEpoch && at < TimeEnd;

    /// <summary>
    /// A reason or a progress message as it is stored: cut to <see cref="Limits.NoteLength"/>, with U+FFFD for characters that the stores cannot hold.
    /// </summary>
    public static string? Note(string? text) => text is null ? null : UnicodeText.Cut(UnicodeText.Free(text), Limits.NoteLength);

    /// <exception cref="ArgumentException">A field is out of bounds; the message names the first one and its bound.</exception>
    public static void Check(ExecutionFacts facts, Worker? start) => Check(Faults(facts, start, null));

    /// <inheritdoc cref="Check(ExecutionFacts, Worker?)"/>
    public static void Check(Worker worker) => Check(Faults(worker));

    /// <summary>
    /// Checks the name and the default namespace, which an execution created by this call takes from its caller. Over HTTP both come from the key and are
    /// within bounds.
    /// </summary>
    /// <inheritdoc cref="Check(ExecutionFacts, Worker?)"/>
    public static void Check(Caller caller)
    {
        List<FieldFault>? faults = null;
        Name(ref faults, "/caller/name", caller.Name, required: true);
        Name(ref faults, "/caller/namespaces", caller.DefaultNamespace);
        Check(faults ?? (IReadOnlyList<FieldFault>)[]);
    }

    private static void Check(IReadOnlyList<FieldFault> faults)
    {
        if (faults is [var first, ..])
        {
            throw new ArgumentException(first.ToString());
        }
    }

    /// <summary>
    /// Cuts, replaces or leaves out faulty fields for which an event is not rejected: reasons, the progress, workflow and namespace of a heartbeat, NUL in a
    /// log message, and the time of an end, because the end is always written.
    /// </summary>
    private static ExecutionEvent Mended(ExecutionEvent @event) => @event switch
    {
        ExecutionEvent.ExecutionPaused { Reason: { } reason } e when Note(reason) != reason => e with { Reason = Note(reason) },
        ExecutionEvent.ExecutionResumed { Reason: { } reason } e when Note(reason) != reason => e with { Reason = Note(reason) },
        ExecutionEvent.Heartbeat e when e.Workflow != Mended(e.Workflow) || e.Namespace != Mended(e.Namespace) =>
            Mended(e with { Workflow = Mended(e.Workflow), Namespace = Mended(e.Namespace) }),
        ExecutionEvent.Heartbeat { Progress: { } progress } e when Mended(progress) != progress => e with { Progress = Mended(progress) },
        ExecutionEvent.Log { Message: { } message } e when message.Contains('\0') => e with { Message = UnicodeText.Free(message) },
        ExecutionEvent.ExecutionCompleted or ExecutionEvent.StepCompleted when @event.At is { } at && !IsTime(at) =>
            @event with { At = null, LeftOut = TimeLeftOut },
        _ => @event,
    };

    /// <summary>Null for a name that is out of bounds.</summary>
    private static string? Mended(string? name) => name is not null && Names.Fault(name) is null ? name : null;

    private static Progress? Mended(Progress progress)
    {
        var percent = progress.Percent is { } said && !double.IsNaN(said) ? Math.Clamp(said, 0, 100) : (double?)null;
        return percent is null && progress.Message is null ? null : new Progress(percent, Note(progress.Message));
    }

    private static ExecutionEvent.Unreadable Unreadable(ExecutionEvent @event, FieldFault fault) => new()
    {
        EventId = EventId(@event.EventId),
        At = @event.At is { } at && IsTime(at) ? at : null,
        Code = fault.Code,
        Message = fault.ToString(),
        ClaimedType = @event.Type,
    };

    private static void Step(ref List<FieldFault>? faults, string? stepId, string? block, string? blockType, string? parentStepId, bool blockRequired)
    {
        Name(ref faults, "/stepId", stepId, required: true, missing: Code.MissingStepId);
        Name(ref faults, "/block", block, required: blockRequired);
        Name(ref faults, "/blockType", blockType);
        Name(ref faults, "/parentStepId", parentStepId);
    }

    private static void Check(ref List<FieldFault>? faults, Worker? worker, string under)
    {
        if (worker is not null)
        {
            Name(ref faults, $"{under}/workerId", worker.WorkerId, required: true);
            Name(ref faults, $"{under}/incarnation", worker.Incarnation);
        }
    }

    private static void Check(ref List<FieldFault>? faults, ExecutionFacts facts)
    {
        if (ReferenceEquals(facts, ExecutionFacts.None))
        {
            return;
        }

        Name(ref faults, "/workflow", facts.Workflow);
        Name(ref faults, "/namespace", facts.Namespace);
        Name(ref faults, "/trigger/type", facts.TriggerType);
        Name(ref faults, "/trigger/by", facts.TriggeredBy);
        Labels(ref faults, facts.Labels);
        Name(ref faults, "/configVersion", facts.ConfigVersion);
        if (facts.ParentExecutionId is { } parent && !ExecutionId.IsValid(parent))
        {
            Add(ref faults, "/parentExecutionId", ExecutionId.Rule);
        }

        Name(ref faults, "/traceparent", facts.Traceparent);
        Whole(ref faults, "/heartbeatTimeoutSeconds", facts.HeartbeatTimeoutSeconds is 0 ? null : facts.HeartbeatTimeoutSeconds, Seconds);
        Whole(ref faults, "/timeoutSeconds", facts.TimeoutSeconds, Seconds);
        Whole(ref faults, "/maxAttempts", facts.MaxAttempts, Attempts);
    }

    /// <summary>Checks the labels of one call. <see cref="FactsRules.Overfull"/> checks their number together with the stored labels.</summary>
    private static void Labels(ref List<FieldFault>? faults, Dictionary<string, string>? labels)
    {
        if (labels is null)
        {
            return;
        }

        foreach (var (key, value) in labels)
        {
            var keyFault = Names.Fault(key, LabelKeyLength) ?? (key.Contains('=', StringComparison.Ordinal) ? "must hold no =" : null);
            var fault = keyFault ?? (value is null ? "must be a string" : Names.Fault(value, Limits.LabelValueLength, lengthMin: 0));
            if (fault is not null)
            {
                var shown = UnicodeText.Cut(UnicodeText.Free(key), LabelKeyLength);
                Add(ref faults, "/labels", $"{(keyFault is null ? "the value" : "the key")} of the label \"{shown}\" {fault}");
            }
        }

        if (labels.Count > Limits.Labels)
        {
            Add(ref faults, "/labels", $"must be at most {Limits.Labels} labels, was {labels.Count}", Code.LimitExceeded);
        }
    }

    private static void Name(
        ref List<FieldFault>? faults, string pointer, string? name, int lengthMax = Limits.NameLength, bool required = false, Code missing = Code.InvalidEvent)
    {
        if (name is null)
        {
            if (required)
            {
                Add(ref faults, pointer, Required, missing);
            }
        }
        else if (Names.Fault(name, lengthMax) is { } fault)
        {
            Add(ref faults, pointer, fault);
        }
    }

    private static void Whole(ref List<FieldFault>? faults, string pointer, long? number, WholeRange range)
    {
        if (number is { } said && !range.Has(said))
        {
            Add(ref faults, pointer, range.Rule);
        }
    }

    private static void Cost(ref List<FieldFault>? faults, decimal? cost)
    {
        if (cost is < 0 or > Limits.Cost)
        {
            Add(ref faults, "/cost", CostRule);
        }
    }

    private static void Add(ref List<FieldFault>? faults, string pointer, string message, Code code = Code.InvalidEvent) =>
        (faults ??= []).Add(new FieldFault(pointer, message, code));
}
