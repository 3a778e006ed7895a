namespace ExecutionGrains.Rules;

/// <summary>What a decision writes beside the execution's row. All of it lands in one transaction, or none.</summary>
public abstract record Effect
{
    private Effect()
    {
    }

    /// <summary>An append-only line. Never holds input or output; <c>Facts</c> is what <see cref="Replay"/> needs beside the columns, as JSON.</summary>
    /// <param name="TakesEventId">Whether the event id is used up: applied and late ones take theirs.</param>
    public sealed record History(
        long Sequence,
        DateTimeOffset? At,
        DateTimeOffset TrackerAt,
        int Epoch,
        string Type,
        string? EventId,
        Result Result,
        Code? Code,
        byte[]? Hash,
        bool TakesEventId,
        byte[]? Facts) : Effect;

    /// <summary>A step's whole row, new or replaced.</summary>
    /// <param name="IsNew">Whether the rules believed that the store has no such row.</param>
    public sealed record Step(StepRow Row, bool IsNew) : Effect;

    /// <summary>Closes every open step of the epoch, set-based; the end is never before the step's start.</summary>
    /// <param name="At">The execution's end: the producer's time, else the tracker's.</param>
    public sealed record CloseOpenSteps(int Epoch, StepStatus Status, DateTimeOffset At, DateTimeOffset TrackerAt) : Effect;

    public sealed record Log(
        long Sequence,
        string EventId,
        DateTimeOffset At,
        DateTimeOffset TrackerAt,
        int Epoch,
        Severity Level,
        string? Source,
        string? StepId,
        string Message) : Effect;

    /// <summary>What arrived after the end.</summary>
    public sealed record Evidence(int Number, int Epoch, string EventId, string Type, DateTimeOffset At, DateTimeOffset TrackerAt, byte[] Payload) : Effect;

    /// <summary>A refused event: the first of its code, epoch and event id makes the row, the next ones count.</summary>
    /// <param name="Epoch">The epoch that the event named.</param>
    public sealed record Rejection(Code Code, int Epoch, string EventId, string Type, string Message, DateTimeOffset At) : Effect;

    /// <summary>The final output and error of an epoch, UTF-8 JSON, cut.</summary>
    public sealed record FinalPayload(int Epoch, byte[]? Output, byte[]? Error) : Effect;

    /// <summary>One epoch that ended, for the figures.</summary>
    public sealed record Ended(ExecutionStatus? Status, Cause? Cause, DateTimeOffset At, TimeSpan? Duration) : Effect;

    /// <summary>
    /// Corrects the figures of an epoch that has ended: a report after the end named the workflow or the start. The epoch moves from what <see cref="Ended"/>
    /// counted to these values,
    /// in the minute of its end.
    /// </summary>
    public sealed record Recount(
        ExecutionStatus Status, Cause? Cause, DateTimeOffset At, string FromWorkflow, TimeSpan FromDuration, string ToWorkflow, TimeSpan ToDuration) : Effect;

    /// <summary>How many live executions of a workflow are in a status, changed.</summary>
    public sealed record Live(string Workflow, ExecutionStatus Status, int Delta) : Effect;

    /// <summary>Resolutions and late successes, for the figures.</summary>
    public sealed record Figure(FigureKind Kind, Resolution? Resolution, int Delta, DateTimeOffset At) : Effect;

    /// <summary>An operator's action: who, when, what, why.</summary>
    public sealed record Audit(string By, DateTimeOffset At, string Action, string? Reason) : Effect
    {
        /// <summary>Who acts, as the audit names it; null: <see cref="By"/> is all that is known.</summary>
        public AuditCaller? Caller { get; init; }
    }
}
