namespace ExecutionGrains.Rules;

/// <summary>A write of a decision in addition to the execution's row. All effects of a decision are written in one transaction.</summary>
public abstract record Effect
{
    private Effect()
    {
    }

    /// <summary>
    /// An append-only history row. <c>Facts</c> is the JSON that <see cref="Replay"/> needs in addition to the columns; it never holds input or output.
    /// </summary>
    /// <param name="TakesEventId">Whether the event id is used up. True if there is one and the event was not rejected.</param>
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

    /// <summary>Inserts or replaces the row of a step.</summary>
    /// <param name="IsNew">Whether the rules decided without a stored row. The commit checks that there is none.</param>
    public sealed record Step(StepRow Row, bool IsNew) : Effect;

    /// <summary>Closes all open steps of the epoch in one statement. A step's end is never before its start.</summary>
    /// <param name="At">The end of the execution: producer time if it was reported, else tracker time.</param>
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

    /// <summary>An event that arrived after the end and is kept.</summary>
    /// <param name="Number">1 to <see cref="Limits.EvidenceCountMax"/>, in the order of arrival.</param>
    /// <param name="Payload">The event as JSON, cut to <see cref="Limits.TracePayloadBytesMax"/>.</param>
    public sealed record Evidence(int Number, int Epoch, string EventId, string Type, DateTimeOffset At, DateTimeOffset TrackerAt, byte[] Payload) : Effect;

    /// <summary>A rejected event. The first one per code, epoch and event id inserts a row; later ones increment its count.</summary>
    /// <param name="Epoch">The epoch that the event named.</param>
    public sealed record Rejection(Code Code, int Epoch, string EventId, string Type, string Message, DateTimeOffset At) : Effect;

    /// <summary>The final output and error of an epoch, as UTF-8 JSON, each cut to <see cref="Limits.FinalPayloadBytesMax"/>.</summary>
    public sealed record FinalPayload(int Epoch, byte[]? Output, byte[]? Error) : Effect;

    /// <summary>Counts an ended epoch in the statistics. Status and duration are null for an expired claim.</summary>
    public sealed record CountEndedEpoch(ExecutionStatus? Status, Cause? Cause, DateTimeOffset At, TimeSpan? Duration) : Effect;

    /// <summary>
    /// Corrects the statistics of an ended epoch after a later report changed its workflow or its duration. The count of <see cref="CountEndedEpoch"/> moves
    /// from the old values to the new ones, in the minute of the end.
    /// </summary>
    public sealed record CorrectStatistics(
        ExecutionStatus Status, Cause? Cause, DateTimeOffset At, string FromWorkflow, TimeSpan FromDuration, string ToWorkflow, TimeSpan ToDuration) : Effect;

    /// <summary>Changes the number of live executions of a workflow in a status.</summary>
    public sealed record ChangeLiveCount(string Workflow, ExecutionStatus Status, int Delta) : Effect;

    /// <summary>Changes the number of resolutions, or of lost epochs for which a late event arrived, in the statistics.</summary>
    public sealed record ChangeStatistic(FigureKind Kind, Resolution? Resolution, int Delta, DateTimeOffset At) : Effect;

    /// <summary>The audit row of an operator's action.</summary>
    public sealed record Audit(string By, DateTimeOffset At, string Action, string? Reason) : Effect
    {
        /// <summary>The caller. Null if only <see cref="By"/> is known.</summary>
        public AuditCaller? Caller { get; init; }
    }
}
