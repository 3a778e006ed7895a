namespace ExecutionGrains.Rules;

/// <summary>
/// Everything that decides about one execution: bounded, immutable, one row in the store. Times are tracker time unless they say
/// producer. What grows (steps, logs, history, evidence) is only counted here.
/// </summary>
public sealed record ExecutionState
{
    public required ExecutionId Id { get; init; }

    public required string Namespace { get; init; }

    /// <summary>All reported facts, merged.</summary>
    public ExecutionFacts Facts { get; init; } = ExecutionFacts.None;

    /// <summary>Whether a create call stated facts. False: events stated all of <see cref="Facts"/>.</summary>
    public bool CreateStated { get; init; }

    /// <summary>The part of <see cref="Facts"/> that only events stated, where <see cref="CreateStated"/>; null: none.</summary>
    public ExecutionFacts? EventFacts { get; init; }

    /// <summary>Who made it known; the default of <c>triggeredBy</c>.</summary>
    public required string CreatedBy { get; init; }

    /// <summary>The id of the key that made it known; null in process, and for what older versions stored.</summary>
    public string? CreatedKeyId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public ExecutionStatus Status { get; init; } = ExecutionStatus.Pending;

    public int Epoch { get; init; } = 1;

    /// <summary>Epochs that were started, requeues included.</summary>
    public int Attempts { get; init; }

    /// <summary>The claim's holder; null while nobody claimed.</summary>
    public Worker? Worker { get; init; }

    public DateTimeOffset? ClaimedAt { get; init; }

    /// <summary>The id of the key that claimed last, in whichever epoch; null as for <see cref="CreatedKeyId"/>.</summary>
    public string? ClaimedKeyId { get; init; }

    /// <summary>Whether the claim's holder has reported since it claimed. A repeated claim is no report.</summary>
    public bool Followed { get; init; }

    /// <summary>Whether a start was reported, or only implied.</summary>
    public bool StartReported { get; init; }

    /// <summary>Producer time, else tracker time; what views call <c>startedAt</c>.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? TrackerStartedAt { get; init; }

    /// <summary>Where <c>timeoutSeconds</c> counts from: the start, or the last resume.</summary>
    public DateTimeOffset? TimeoutFrom { get; init; }

    /// <summary>Producer time, else tracker time, never before <see cref="StartedAt"/>.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    public DateTimeOffset? TrackerEndedAt { get; init; }

    public Outcome? Outcome { get; init; }

    public Cause? Cause { get; init; }

    public FinalizationPath? Path { get; init; }

    public string? CompletionFailure { get; init; }

    public CancelRequest? Cancel { get; init; }

    public DateTimeOffset? PausedAt { get; init; }

    /// <summary>The reason of the pause; null unless paused.</summary>
    public string? PausedReason { get; init; }

    /// <summary>Producer time of a resume that found nothing to resume: it cancels the next pause with an earlier time.</summary>
    public DateTimeOffset? ResumedAt { get; init; }

    // From here to HistorySequence: what nearly every event changes, side by side, as it is also written. PostgreSQL logs of a row's new version what lies between the first and the last
    // byte that differ from the old one's. First what a start leaves as it is.

    public Marker? LastCompleted { get; init; }

    /// <summary>Raised by every change that a reader can see; what views call <c>version</c>.</summary>
    public long Version { get; init; }

    /// <summary>Raised by every write of the row, whatever it changed; the store's guard.</summary>
    public long Revision { get; init; }

    public DateTimeOffset? LastContactAt { get; init; }

    /// <summary>Until when silence is presumed life; null without a lease. Runs ahead of <see cref="StoredLease"/>.</summary>
    public DateTimeOffset? LeaseExpiresAt { get; init; }

    /// <summary>The lease as the store has it.</summary>
    public DateTimeOffset? StoredLease { get; init; }

    /// <summary>Whether a final report of this epoch was refused for its content.</summary>
    public bool FinalReportRefused { get; init; }

    public Marker? LastStarted { get; init; }

    public int StepCount { get; init; }

    public int OpenStepCount { get; init; }

    public int FailedStepCount { get; init; }

    /// <summary>Sum of the steps' costs of this epoch.</summary>
    public decimal StepCost { get; init; }

    /// <summary>What the end gave as the total, else null.</summary>
    public decimal? TotalCost { get; init; }

    public int? TraceSpanCount { get; init; }

    /// <summary>Steps over all epochs; the last sequence given to one.</summary>
    public int StepSequence { get; init; }

    /// <summary>The last sequence given to a history row.</summary>
    public long HistorySequence { get; init; }

    /// <summary>Log lines of the current epoch.</summary>
    public long LogCount { get; init; }

    /// <summary>Log lines of level <c>error</c> of the current epoch.</summary>
    public long ErrorLogCount { get; init; }

    /// <summary>Bytes of the log lines of the current epoch: messages, sources and step ids in UTF-8.</summary>
    public long LogBytes { get; init; }

    /// <summary>
    /// Whether a log line of the current epoch was refused for <see cref="Limits.LogLines"/> or <see cref="Limits.LogBytes"/>: then all further ones are.
    /// </summary>
    public bool LogsFull { get; init; }

    /// <summary>Late events of this execution, stored or not.</summary>
    public long LateCount { get; init; }

    /// <summary>Late events of the current epoch.</summary>
    public long EpochLateCount { get; init; }

    /// <summary>Late events kept as evidence, at most <see cref="Limits.Evidence"/>.</summary>
    public int EvidenceCount { get; init; }

    /// <summary>Rejected events, repetitions included.</summary>
    public long RejectedCount { get; init; }

    /// <summary>Rejections on record, one per code and event id, at most <see cref="Limits.Rejections"/>.</summary>
    public int RejectionCount { get; init; }

    public Resolved? Resolution { get; init; }

    public Progress? Progress { get; init; }

    /// <summary>The last 100 epochs that are over, oldest first.</summary>
    public IReadOnlyList<EndedEpoch> Epochs { get; init; } = [];

    /// <summary>The facts that create calls stated, which no event changes.</summary>
    public ExecutionFacts Stated => !CreateStated ? ExecutionFacts.None : EventFacts is { } others ? Facts.Without(others) : Facts;

    public string Workflow => Facts.Workflow ?? NoWorkflow;

    public bool IsFinal => Status >= ExecutionStatus.Succeeded;

    public bool IsTraced => Facts.ExplicitTrace ?? false;

    public decimal? Cost => CostOf(TotalCost, StepCount, StepCost);

    /// <summary>
    /// How long silence is presumed life. Null: no lease. Left out it is 60 s once claimed, and none while only events made the execution.
    /// </summary>
    public TimeSpan? LeaseTerm => Facts.HeartbeatTimeoutSeconds switch
    {
        0 => null,
        { } seconds => TimeSpan.FromSeconds(seconds),
        null => Worker is null ? null : DefaultLease,
    };

    /// <summary>What an execution's workflow is while nobody said.</summary>
    public const string NoWorkflow = "unknown";

    /// <summary>What the end gave, else what the steps of the epoch add up to; null where it had none.</summary>
    public static decimal? CostOf(decimal? total, int steps, decimal ofSteps) => total ?? (steps > 0 ? ofSteps : null);

    /// <summary>From the start, or from the creation of an execution that nobody started; never negative.</summary>
    public TimeSpan DurationUntil(DateTimeOffset end) => end > (StartedAt ?? CreatedAt) ? end - (StartedAt ?? CreatedAt) : TimeSpan.Zero;

    /// <summary>60 s.</summary>
    public static readonly TimeSpan DefaultLease = TimeSpan.FromSeconds(60);
}
