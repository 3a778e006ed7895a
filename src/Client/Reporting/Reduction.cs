namespace ExecutionGrains.Client.Reporting;

/// <summary>Makes the least that still says how something ended, when the tracker would not take the whole.</summary>
internal static class Reduction
{
    public static bool Refused(EventAnswer answer) =>
        answer is { Result: Result.Rejected, Code: Code.InvalidEvent or Code.LimitExceeded };

    public static bool Refused(TrackerException refusal) => refusal.Status is 400 or 413;

    /// <summary>The event without payloads, under its own id: a refused event does not use it up. Null: nothing to leave out.</summary>
    public static PendingEvent? Of(PendingEvent pending) => pending.Event switch
    {
        ExecutionEvent.ExecutionCompleted end when end.Output is not null || end.Error is not null || end.Cost is not null || end.Facts != ExecutionFacts.None =>
            pending with { Event = end with { Output = null, Error = null, Cost = null, TraceSpanCount = null, Facts = ExecutionFacts.None } },
        ExecutionEvent.StepCompleted step when step.Output is not null || step.Error is not null || step.Cost is not null || step.MemoryBytes is not null =>
            pending with { Event = step with { Input = null, Output = null, Error = null, Cost = null, MemoryBytes = null } },
        ExecutionEvent.StepStarted { Input: not null } step => pending with { Event = step with { Input = null } },
        _ => null,
    };
}
