namespace ExecutionGrains.Client.Reporting;

/// <summary>
/// Reduces an event that does not get through to the tracker in full. The reduced event keeps its event id: a refused event does not use up its id.
/// </summary>
internal static class Reduction
{
    /// <summary>Payloads up to this size, in bytes, are removed instead of truncated further.</summary>
    private const int CutMin = 1_024;

    /// <summary>Whether the tracker refused this event because of its content.</summary>
    public static bool IsRefusedForContent(EventAnswer answer) =>
        answer is { Result: Result.Rejected, Code: Code.InvalidEvent or Code.LimitExceeded };

    /// <summary>Whether the tracker refused the whole request because of its content.</summary>
    public static bool IsRefusedForContent(TrackerException refusal) =>
        refusal is { Transient: false, Code: "malformed" or "invalid_request" or "request_too_large" } or { Transient: false, Status: 400 or 413 };

    /// <summary>The event with its payloads truncated to a quarter, or without them. Null if it cannot be reduced further.</summary>
    public static PendingEvent? Shrink(PendingEvent pending) => pending.Event switch
    {
        ExecutionEvent.ExecutionCompleted end when Longest(end.Output, end.Error) > CutMin =>
            new(end with { Output = Quarter(end.Output), Error = Quarter(end.Error) }, pending.Waiter),
        ExecutionEvent.StepCompleted step when Longest(step.Output, step.Error) > CutMin =>
            new(step with { Output = Quarter(step.Output), Error = Quarter(step.Error) }, pending.Waiter),
        ExecutionEvent.StepStarted step when Longest(step.Input, null) > CutMin => new(step with { Input = Quarter(step.Input) }, pending.Waiter),
        _ => WithoutPayload(pending),
    };

    /// <summary>The event without payloads, cost and figures. Null if it has none.</summary>
    public static PendingEvent? WithoutPayload(PendingEvent pending) => pending.Event switch
    {
        ExecutionEvent.ExecutionCompleted end when end.Output is not null || end.Error is not null || end.Cost is not null || end.TraceSpanCount is not null =>
            new(end with { Output = null, Error = null, Cost = null, TraceSpanCount = null }, pending.Waiter),
        ExecutionEvent.StepCompleted step when step.Output is not null || step.Error is not null || step.Cost is not null || step.MemoryBytes is not null =>
            new(step with { Output = null, Error = null, Cost = null, MemoryBytes = null }, pending.Waiter),
        ExecutionEvent.StepStarted { Input: not null } step => new(step with { Input = null }, pending.Waiter),
        _ => null,
    };

    /// <summary>
    /// The log line with its text replaced, for a line that a proxy or firewall does not let through. Null if it is no log line or already replaced.
    /// </summary>
    public static PendingEvent? ReplaceLogText(PendingEvent pending) => pending.Event is ExecutionEvent.Log { Message: not Withheld } log
        ? new(log with { Message = Withheld }, pending.Waiter)
        : null;

    private const string Withheld = "[a log line that could not be delivered to the tracker]";

    private static int Longest(byte[]? one, byte[]? other) => Math.Max(one?.Length ?? 0, other?.Length ?? 0);

    private static byte[]? Quarter(byte[]? json) => json is null ? null : Payload.Cut(json, Math.Max(CutMin, json.Length / 4));
}
