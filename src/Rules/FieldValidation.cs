namespace ExecutionGrains.Rules;

/// <summary>
/// Checks the fields of events and calls against their limits. HTTP requests are first read into the types of the grain interface, so that HTTP calls and
/// grain calls pass the same checks.
/// </summary>
public static class FieldValidation
{
    public const int LabelKeyLengthMax = 64;

    public const string CostRule = "must be a number from 0 to 1e15";

    public const string TimeRule = "must be an ISO 8601 time with an offset or Z, from 1970-01-01 to 9998-12-31";

    /// <summary>The note in the history row of an end whose time was left out because it could not be read.</summary>
    public const string TimeOmittedNote = $"at was left out: {TimeRule}";

    private const string Required = "is required";

    public static readonly IntegerRange Seconds = new(1, int.MaxValue);

    public static readonly IntegerRange Attempts = new(1, Limits.AttemptsMax);

    public static readonly IntegerRange TraceSpans = new(0, int.MaxValue);

    public static readonly IntegerRange MemoryBytes = new(0, long.MaxValue);

    public static readonly IntegerRange Epochs = new(1, int.MaxValue);

    private static readonly DateTimeOffset TimeEnd = new(9999, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>
    /// The event to apply, with its optional fields repaired (<see cref="Repair(ExecutionEvent)"/>). If a field is out of bounds, an
    /// <see cref="ExecutionEvent.Unreadable"/> that replaces it: it is rejected and recorded.
    /// </summary>
    public static ExecutionEvent Normalize(ExecutionEvent @event)
    {
        if (@event is ExecutionEvent.Unreadable)
        {
            return @event;
        }

        var repaired = Repair(@event);
        return Validate(repaired) is { Count: > 0 } errors ? Invalid(repaired, MostSpecific(errors)) : repaired;
    }

    /// <summary>The fields of an event that are out of bounds.</summary>
    public static IReadOnlyList<FieldError> Validate(ExecutionEvent @event)
    {
        List<FieldError>? errors = null;
        if (@event is not ExecutionEvent.Heartbeat || @event.EventId is not null)
        {
            Name(ref errors, "/eventId", @event.EventId, Limits.EventIdLengthMax, required: true);
        }

        if (@event.At is { } at && !IsTime(at))
        {
            Add(ref errors, "/at", TimeRule);
        }

        Name(ref errors, "/workflow", @event.Workflow);
        Name(ref errors, "/namespace", @event.Namespace);
        switch (@event)
        {
            case ExecutionEvent.ExecutionStarted e:
                CheckWorker(ref errors, e.Worker, string.Empty);
                CheckFacts(ref errors, e.Facts);
                break;
            case ExecutionEvent.ExecutionCompleted e:
                Cost(ref errors, e.Cost);
                Whole(ref errors, "/traceSpanCount", e.TraceSpanCount, TraceSpans);
                Name(ref errors, "/workerId", e.WorkerId);
                CheckFacts(ref errors, e.Facts);
                break;
            case ExecutionEvent.StepStarted e:
                Step(ref errors, e.StepId, e.Block, e.BlockType, e.ParentStepId, blockRequired: true);
                break;
            case ExecutionEvent.StepCompleted e:
                Step(ref errors, e.StepId, e.Block, e.BlockType, e.ParentStepId, blockRequired: false);
                Cost(ref errors, e.Cost);
                Whole(ref errors, "/memoryBytes", e.MemoryBytes, MemoryBytes);
                break;
            case ExecutionEvent.Log e:
                if (e.Message is null)
                {
                    Add(ref errors, "/message", Required);
                }

                Name(ref errors, "/source", e.Source);
                Name(ref errors, "/stepId", e.StepId);
                break;
        }

        return errors ?? (IReadOnlyList<FieldError>)[];
    }

    /// <summary>The fields of a create call that are out of bounds.</summary>
    public static IReadOnlyList<FieldError> Validate(ExecutionFacts facts, Worker? start, DateTimeOffset? startAt)
    {
        List<FieldError>? errors = null;
        CheckFacts(ref errors, facts);
        CheckWorker(ref errors, start, "/start");
        if (startAt is { } at && !IsTime(at))
        {
            Add(ref errors, "/start/at", TimeRule);
        }

        return errors ?? (IReadOnlyList<FieldError>)[];
    }

    /// <summary>The fields of a worker that are out of bounds.</summary>
    public static IReadOnlyList<FieldError> Validate(Worker worker)
    {
        List<FieldError>? errors = null;
        CheckWorker(ref errors, worker, string.Empty);
        return errors ?? (IReadOnlyList<FieldError>)[];
    }

    /// <summary>The error to report to the sender: the first with a code more specific than <see cref="Code.InvalidEvent"/>, else the first.</summary>
    public static FieldError MostSpecific(IReadOnlyList<FieldError> errors)
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

    /// <summary>The event id if it is within bounds, else null.</summary>
    public static string? EventId(string? id) => id is not null && NameRule.Validate(id, Limits.EventIdLengthMax) is null ? id : null;

    /// <summary>True from 1970-01-01 to the end of 9998.</summary>
    public static bool IsTime(DateTimeOffset at) => at >= DateTimeOffset.UnixEpoch && at < TimeEnd;

    /// <summary>
    /// A reason or a progress message as it is stored: cut to <see cref="Limits.NoteLengthMax"/>, with U+FFFD for characters that the stores cannot hold.
    /// </summary>
    public static string? NormalizeNote(string? text) => text is null ? null : UnicodeText.Truncate(UnicodeText.ReplaceUnstorable(text), Limits.NoteLengthMax);

    /// <exception cref="ArgumentException">A field is out of bounds; the message names the first one and its bound.</exception>
    public static void ThrowIfInvalid(ExecutionFacts facts, Worker? start) => ThrowIfInvalid(Validate(facts, start, null));

    /// <inheritdoc cref="ThrowIfInvalid(ExecutionFacts, Worker?)"/>
    public static void ThrowIfInvalid(Worker worker) => ThrowIfInvalid(Validate(worker));

    /// <summary>
    /// Checks the name and the default namespace, which an execution created by this call takes from its caller. Over HTTP both come from the key and are
    /// within bounds.
    /// </summary>
    /// <inheritdoc cref="ThrowIfInvalid(ExecutionFacts, Worker?)"/>
    public static void ThrowIfInvalid(Caller caller)
    {
        List<FieldError>? errors = null;
        Name(ref errors, "/caller/name", caller.Name, required: true);
        Name(ref errors, "/caller/namespaces", caller.DefaultNamespace);
        ThrowIfInvalid(errors ?? (IReadOnlyList<FieldError>)[]);
    }

    private static void ThrowIfInvalid(IReadOnlyList<FieldError> errors)
    {
        if (errors is [var first, ..])
        {
            throw new ArgumentException(first.ToString());
        }
    }

    /// <summary>
    /// Cuts, replaces or leaves out invalid fields for which an event is not rejected: reasons, the progress, workflow and namespace of a heartbeat, NUL in a
    /// log message, and the time of an end, because the end is always written.
    /// </summary>
    private static ExecutionEvent Repair(ExecutionEvent @event) => @event switch
    {
        ExecutionEvent.ExecutionPaused { Reason: { } reason } e when NormalizeNote(reason) != reason => e with { Reason = NormalizeNote(reason) },
        ExecutionEvent.ExecutionResumed { Reason: { } reason } e when NormalizeNote(reason) != reason => e with { Reason = NormalizeNote(reason) },
        ExecutionEvent.Heartbeat e when e.Workflow != Repair(e.Workflow) || e.Namespace != Repair(e.Namespace) =>
            Repair(e with { Workflow = Repair(e.Workflow), Namespace = Repair(e.Namespace) }),
        ExecutionEvent.Heartbeat { Progress: { } progress } e when Repair(progress) != progress => e with { Progress = Repair(progress) },
        ExecutionEvent.Log { Message: { } message } e when message.Contains('\0') => e with { Message = UnicodeText.ReplaceUnstorable(message) },
        ExecutionEvent.ExecutionCompleted or ExecutionEvent.StepCompleted when @event.At is { } at && !IsTime(at) =>
            @event with { At = null, LeftOut = TimeOmittedNote },
        _ => @event,
    };

    /// <summary>Null for a name that is out of bounds.</summary>
    private static string? Repair(string? name) => name is not null && NameRule.Validate(name) is null ? name : null;

    private static Progress? Repair(Progress progress)
    {
        var percent = progress.Percent is { } said && !double.IsNaN(said) ? Math.Clamp(said, 0, 100) : (double?)null;
        return percent is null && progress.Message is null ? null : new Progress(percent, NormalizeNote(progress.Message));
    }

    private static ExecutionEvent.Unreadable Invalid(ExecutionEvent @event, FieldError error) => new()
    {
        EventId = EventId(@event.EventId),
        At = @event.At is { } at && IsTime(at) ? at : null,
        Code = error.Code,
        Message = error.ToString(),
        ClaimedType = @event.Type,
    };

    private static void Step(ref List<FieldError>? errors, string? stepId, string? block, string? blockType, string? parentStepId, bool blockRequired)
    {
        Name(ref errors, "/stepId", stepId, required: true, missing: Code.MissingStepId);
        Name(ref errors, "/block", block, required: blockRequired);
        Name(ref errors, "/blockType", blockType);
        Name(ref errors, "/parentStepId", parentStepId);
    }

    private static void CheckWorker(ref List<FieldError>? errors, Worker? worker, string under)
    {
        if (worker is not null)
        {
            Name(ref errors, $"{under}/workerId", worker.WorkerId, required: true);
            Name(ref errors, $"{under}/incarnation", worker.Incarnation);
        }
    }

    private static void CheckFacts(ref List<FieldError>? errors, ExecutionFacts facts)
    {
        if (ReferenceEquals(facts, ExecutionFacts.None))
        {
            return;
        }

        Name(ref errors, "/workflow", facts.Workflow);
        Name(ref errors, "/namespace", facts.Namespace);
        Name(ref errors, "/trigger/type", facts.TriggerType);
        Name(ref errors, "/trigger/by", facts.TriggeredBy);
        Labels(ref errors, facts.Labels);
        Name(ref errors, "/configVersion", facts.ConfigVersion);
        if (facts.ParentExecutionId is { } parent && !ExecutionId.IsValid(parent))
        {
            Add(ref errors, "/parentExecutionId", ExecutionId.Rule);
        }

        Name(ref errors, "/traceparent", facts.Traceparent);
        Whole(ref errors, "/heartbeatTimeoutSeconds", facts.HeartbeatTimeoutSeconds is 0 ? null : facts.HeartbeatTimeoutSeconds, Seconds);
        Whole(ref errors, "/timeoutSeconds", facts.TimeoutSeconds, Seconds);
        Whole(ref errors, "/maxAttempts", facts.MaxAttempts, Attempts);
    }

    /// <summary>Checks the labels of one call. <see cref="FactsMerge.ExceededLimit"/> checks their number together with the stored labels.</summary>
    private static void Labels(ref List<FieldError>? errors, Dictionary<string, string>? labels)
    {
        if (labels is null)
        {
            return;
        }

        foreach (var (key, value) in labels)
        {
            var keyError = NameRule.Validate(key, LabelKeyLengthMax) ?? (key.Contains('=', StringComparison.Ordinal) ? "must hold no =" : null);
            var error = keyError ?? (value is null ? "must be a string" : NameRule.Validate(value, Limits.LabelValueLengthMax, lengthMin: 0));
            if (error is not null)
            {
                var shown = UnicodeText.Truncate(UnicodeText.ReplaceUnstorable(key), LabelKeyLengthMax);
                Add(ref errors, "/labels", $"{(keyError is null ? "the value" : "the key")} of the label \"{shown}\" {error}");
            }
        }

        if (labels.Count > Limits.LabelCountMax)
        {
            Add(ref errors, "/labels", $"must be at most {Limits.LabelCountMax} labels, was {labels.Count}", Code.LimitExceeded);
        }
    }

    private static void Name(
        ref List<FieldError>? errors,
        string pointer,
        string? name,
        int lengthMax = Limits.NameLengthMax,
        bool required = false,
        Code missing = Code.InvalidEvent)
    {
        if (name is null)
        {
            if (required)
            {
                Add(ref errors, pointer, Required, missing);
            }
        }
        else if (NameRule.Validate(name, lengthMax) is { } error)
        {
            Add(ref errors, pointer, error);
        }
    }

    private static void Whole(ref List<FieldError>? errors, string pointer, long? number, IntegerRange range)
    {
        if (number is { } said && !range.Contains(said))
        {
            Add(ref errors, pointer, range.Rule);
        }
    }

    private static void Cost(ref List<FieldError>? errors, decimal? cost)
    {
        if (cost is < 0 or > Limits.CostMax)
        {
            Add(ref errors, "/cost", CostRule);
        }
    }

    private static void Add(ref List<FieldError>? errors, string pointer, string message, Code code = Code.InvalidEvent) =>
        (errors ??= []).Add(new FieldError(pointer, message, code));
}
