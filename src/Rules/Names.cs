namespace ExecutionGrains.Rules;

/// <summary>
/// Names and ids are compared, and found again by what the store holds: one that is no Unicode comes back as another, and a grain that asks for it would never find it. None gets
/// that far. (HTTP cannot bring any; a caller of the grain interface can.)
/// </summary>
public static class Names
{
    private const string Fault = "must hold no lone surrogates";

    /// <summary>The event as it was said, or what stands in its place where a name of it is no Unicode: refused, and on the record.</summary>
    public static ExecutionEvent Readable(ExecutionEvent @event) => Violation(@event) is not { } violation
        ? @event
        : new ExecutionEvent.Unreadable
        {
            EventId = @event.EventId is { } id ? UnicodeText.Sound(id) : null,
            At = @event.At,
            Code = Code.InvalidEvent,
            Message = violation,
            ClaimedType = @event.Type,
        };

    /// <exception cref="ArgumentException">A name among them is no Unicode; the message says which.</exception>
    public static void Check(ExecutionFacts? facts, Worker? worker)
    {
        if (((facts is null ? null : Of(facts)) ?? Of(worker)) is { } violation)
        {
            throw new ArgumentException(violation);
        }
    }

    private static string? Violation(ExecutionEvent @event) => Of("eventId", @event.EventId) ?? @event switch
    {
        ExecutionEvent.ExecutionStarted e => Of(e.Worker) ?? Of(e.Facts),
        ExecutionEvent.ExecutionCompleted e => Of("workerId", e.WorkerId) ?? Of(e.Facts),
        ExecutionEvent.StepStarted e => Of("stepId", e.StepId) ?? Of("block", e.Block) ?? Of("blockType", e.BlockType) ?? Of("parentStepId", e.ParentStepId),
        ExecutionEvent.StepCompleted e => Of("stepId", e.StepId) ?? Of("block", e.Block) ?? Of("blockType", e.BlockType) ?? Of("parentStepId", e.ParentStepId),
        ExecutionEvent.Log e => Of("source", e.Source) ?? Of("stepId", e.StepId),
        _ => null,
    };

    private static string? Of(Worker? worker) => Of("workerId", worker?.WorkerId) ?? Of("incarnation", worker?.Incarnation);

    private static string? Of(ExecutionFacts facts)
    {
        var violation = Of("workflow", facts.Workflow) ?? Of("namespace", facts.Namespace) ?? Of("trigger.type", facts.TriggerType) ?? Of("trigger.by", facts.TriggeredBy)
            ?? Of("configVersion", facts.ConfigVersion) ?? Of("parentExecutionId", facts.ParentExecutionId);
        if (facts.Labels is not null)
        {
            foreach (var (key, value) in facts.Labels)
            {
                violation ??= Of("labels", key) ?? Of("labels", value);
            }
        }

        return violation;
    }

    private static string? Of(string field, string? name) => UnicodeText.IsWellFormed(name) ? null : $"{field}: {Fault}";
}
