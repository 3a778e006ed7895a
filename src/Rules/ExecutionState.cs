namespace ExecutionGrains.Rules;

/// <summary>
/// The state of one execution, on which the rules decide. Immutable, of bounded size, stored as one row. Times are tracker time unless their doc says
/// producer time. Steps, logs, history and evidence have rows of their own and are only counted here.
/// </summary>
public sealed record ExecutionState
{
    public required ExecutionId Id { get; init; }

    public required string Namespace { get; init; }

    /// <summary>The facts of all create calls and events, merged.</summary>
    public ExecutionFacts Facts { get; init; } = ExecutionFacts.None;

    /// <summary>Whether a create call stated facts. False: events stated all of <see cref="Facts"/>.</summary>
    public bool CreateStated { get; init; }

    /// <summary>The part of <see cref="Facts"/> that only events stated. Null if there is none, or if <see cref="CreateStated"/> is false.</summary>
    public ExecutionFacts? EventFacts { get; init; }

    /// <summary>The name of the caller that created the execution. Default of <c>triggeredBy</c>.</summary>
    public required string CreatedBy { get; init; }

    /// <summary>The id of the key that created the execution. Null for in-process calls and for rows of older versions.</summary>
    public string? CreatedKeyId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public ExecutionStatus Status { get; init; } = ExecutionStatus.Pending;

    public int Epoch { get; init; } = 1;

    /// <summary>The number of epochs that were started.</summary>
    public int Attempts { get; init; }

    /// <summary>The worker that holds the claim, or held it at the end. Null if no worker is known.</summary>
    public Worker? Worker { get; init; }

    public DateTimeOffset? ClaimedAt { get; init; }

    /// <summary>The id of the key that claimed last, in any epoch. Null for in-process calls and for rows of older versions.</summary>
    public string? ClaimedKeyId { get; init; }

    /// <summary>Whether a report arrived after the claim. A repeated claim is not a report.</summary>
    public bool Followed { get; init; }

    /// <summary>Whether the start was reported. False if there is none yet, or if other events only imply it.</summary>
    public bool StartReported { get; init; }

    /// <summary>Producer time if it was reported, else tracker time.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? TrackerStartedAt { get; init; }

    /// <summary>The time from which <c>timeoutSeconds</c> counts: the start, or the last resume.</summary>
    public DateTimeOffset? TimeoutFrom { get; init; }

    /// <summary>Producer time if it was reported, else tracker time. Never before <see cref="StartedAt"/>.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    public DateTimeOffset? TrackerEndedAt { get; init; }

    public Outcome? Outcome { get; init; }

    public Cause? Cause { get; init; }

    public FinalizationPath? Path { get; init; }

    public string? CompletionFailure { get; init; }

    public CancelRequest? Cancel { get; init; }

    public DateTimeOffset? PausedAt { get; init; }

    /// <summary>The reason of the pause. Null if none was given, and unless paused.</summary>
    public string? PausedReason { get; init; }

    /// <summary>
    /// The time of a resume that arrived while the execution was not paused; producer time if it was reported. It cancels the next pause with an earlier
    /// time, because that resume overtook the pause.
    /// </summary>
    public DateTimeOffset? ResumedAt { get; init; }

    // From here to HistorySequence: fields that nearly every event changes, adjacent here and in the stored text. For an updated row PostgreSQL writes the
    // bytes from the first to the last difference to its WAL. LastCompleted is first because the start of a step does not change it.

    public BlockMarker? LastCompleted { get; init; }

    /// <summary>Incremented by every change that a reader can see. The <c>version</c> of the API.</summary>
    public long Version { get; init; }

    /// <summary>Incremented by every write of the row. The store compares it to detect concurrent writes.</summary>
    public long Revision { get; init; }

    public DateTimeOffset? LastContactAt { get; init; }

    /// <summary>
    /// When the lease ends: until then a silent worker is presumed alive. Null without a lease. May be later than <see cref="StoredLease"/>, because most
    /// extensions are not stored.
    /// </summary>
    public DateTimeOffset? LeaseExpiresAt { get; init; }

    /// <summary>The end of the lease as it is stored.</summary>
    public DateTimeOffset? StoredLease { get; init; }

    /// <summary>Whether a final report of this epoch was rejected for its content.</summary>
    public bool FinalReportRefused { get; init; }

    public BlockMarker? LastStarted { get; init; }

    public int StepCount { get; init; }

    public int OpenStepCount { get; init; }

    public int FailedStepCount { get; init; }

    /// <summary>The sum of the costs of this epoch's steps.</summary>
    public decimal StepCost { get; init; }

    /// <summary>The total cost that the end reported, else null.</summary>
    public decimal? TotalCost { get; init; }

    public int? TraceSpanCount { get; init; }

    /// <summary>The sequence number of the newest step. Equals the number of steps of all epochs.</summary>
    public int StepSequence { get; init; }

    /// <summary>The sequence number of the newest history row.</summary>
    public long HistorySequence { get; init; }

    /// <summary>Log lines of the current epoch.</summary>
    public long LogCount { get; init; }

    /// <summary>Log lines of level <c>error</c> of the current epoch.</summary>
    public long ErrorLogCount { get; init; }

    /// <summary>The size of the current epoch's log lines in bytes of UTF-8: messages, sources and step ids.</summary>
    public long LogBytes { get; init; }

    /// <summary>
    /// Whether a log line of the current epoch was refused because of <see cref="Limits.LogLineCountMax"/> or <see cref="Limits.LogBytesMax"/>. If so, all
    /// further ones are refused.
    /// </summary>
    public bool LogsFull { get; init; }

    /// <summary>Late events of all epochs, including those that were not stored.</summary>
    public long LateCount { get; init; }

    /// <summary>Late events of the current epoch.</summary>
    public long EpochLateCount { get; init; }

    /// <summary>Late events kept as evidence, at most <see cref="Limits.EvidenceCountMax"/>.</summary>
    public int EvidenceCount { get; init; }

    /// <summary>Rejected events, including repetitions.</summary>
    public long RejectedCount { get; init; }

    /// <summary>Stored rejections, one per code, epoch and event id, at most <see cref="Limits.RejectionCountMax"/>.</summary>
    public int RejectionCount { get; init; }

    public ResolutionRecord? Resolution { get; init; }

    public Progress? Progress { get; init; }

    /// <summary>The last <see cref="Limits.EpochCountMax"/> closed epochs, oldest first.</summary>
    public IReadOnlyList<EndedEpoch> Epochs { get; init; } = [];

    /// <summary>The facts that create calls stated. Events cannot change them.</summary>
    public ExecutionFacts Stated => !CreateStated ? ExecutionFacts.None : EventFacts is { } others ? Facts.Without(others) : Facts;

    public string Workflow => Facts.Workflow ?? NoWorkflow;

    public bool IsFinal => Status >= ExecutionStatus.Succeeded;

    public bool IsTraced => Facts.ExplicitTrace ?? false;

    public decimal? Cost => CostOf(TotalCost, StepCount, StepCost);

    /// <summary>
    /// The length of the lease. Null: no lease. If <c>heartbeatTimeoutSeconds</c> is not set: 60 s if a worker is known, else no lease.
    /// </summary>
    public TimeSpan? LeaseTerm => Facts.HeartbeatTimeoutSeconds switch
    {
        0 => null,
        { } seconds => TimeSpan.FromSeconds(seconds),
        null => Worker is null ? null : DefaultLease,
    };

    /// <summary>The workflow of an execution until one is reported.</summary>
    public const string NoWorkflow = "unknown";

    /// <summary>The total that the end reported, else the sum of the steps' costs. Null without both.</summary>
    public static decimal? CostOf(decimal? total, int steps, decimal ofSteps) => total ?? (steps > 0 ? ofSteps : null);

    /// <summary>The time from the start, or from the creation if there was no start. Never negative.</summary>
    public TimeSpan DurationUntil(DateTimeOffset end) => end > (StartedAt ?? CreatedAt) ? end - (StartedAt ?? CreatedAt) : TimeSpan.Zero;

    /// <summary>60 s. The lease of a claimed execution that sets no <c>heartbeatTimeoutSeconds</c>.</summary>
    public static readonly TimeSpan DefaultLease = TimeSpan.FromSeconds(60);
}
