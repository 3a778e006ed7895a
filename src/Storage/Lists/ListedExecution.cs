using ExecutionGrains.Rules;

namespace ExecutionGrains.Storage.Lists;

/// <summary>The fields of an execution that lists show. Counts, cost and markers are those of the current epoch.</summary>
public sealed partial record ListedExecution
{
    private int stepCount;
    private decimal stepCost;
    private decimal? totalCost;

    private ListedExecution()
    {
    }

    public ExecutionId Id { get; private set; }

    public string Namespace { get; private set; } = string.Empty;

    public string Workflow { get; private set; } = ExecutionState.NoWorkflow;

    public ExecutionStatus Status { get; private set; }

    public Cause? Cause { get; private set; }

    public FinalizationPath? Path { get; private set; }

    public long Version { get; private set; }

    public int Epoch { get; private set; } = 1;

    public string? WorkerId { get; private set; }

    /// <summary>Null: not reported.</summary>
    public string? TriggerType { get; private set; }

    /// <summary>Null: not reported.</summary>
    public string? TriggeredBy { get; private set; }

    public string CreatedBy { get; private set; } = string.Empty;

    public DateTimeOffset CreatedAt { get; private set; }

    public DateTimeOffset? StartedAt { get; private set; }

    public DateTimeOffset? EndedAt { get; private set; }

    public DateTimeOffset? TrackerStartedAt { get; private set; }

    public DateTimeOffset? TrackerEndedAt { get; private set; }

    public DateTimeOffset? LastContactAt { get; private set; }

    public DateTimeOffset? LeaseExpiresAt { get; private set; }

    public string? LastStartedBlock { get; private set; }

    public string? LastCompletedBlock { get; private set; }

    public int StepCount => stepCount;

    public int OpenStepCount { get; private set; }

    public int FailedStepCount { get; private set; }

    public decimal? Cost => ExecutionState.CostOf(totalCost, stepCount, stepCost);

    /// <summary>Null: there are none.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; private set; }

    public string? ConfigVersion { get; private set; }

    public ResolutionRecord? Resolution { get; private set; }

    public long LateCount { get; private set; }

    public Progress? Progress { get; private set; }

    public static ListedExecution Of(ExecutionState state) => new()
    {
        Id = state.Id,
        Namespace = state.Namespace,
        Workflow = state.Workflow,
        Status = state.Status,
        Cause = state.Cause,
        Path = state.Path,
        Version = state.Version,
        Epoch = state.Epoch,
        WorkerId = state.Worker?.WorkerId,
        TriggerType = state.Facts.TriggerType,
        TriggeredBy = state.Facts.TriggeredBy,
        CreatedBy = state.CreatedBy,
        CreatedAt = state.CreatedAt,
        StartedAt = state.StartedAt,
        EndedAt = state.EndedAt,
        TrackerStartedAt = state.TrackerStartedAt,
        TrackerEndedAt = state.TrackerEndedAt,
        LastContactAt = state.LastContactAt,
        LeaseExpiresAt = state.LeaseExpiresAt,
        LastStartedBlock = state.LastStarted?.Block,
        LastCompletedBlock = state.LastCompleted?.Block,
        stepCount = state.StepCount,
        OpenStepCount = state.OpenStepCount,
        FailedStepCount = state.FailedStepCount,
        stepCost = state.StepCost,
        totalCost = state.TotalCost,
        Labels = state.Facts.Labels,
        ConfigVersion = state.Facts.ConfigVersion,
        Resolution = state.Resolution,
        LateCount = state.LateCount,
        Progress = state.Progress,
    };
}
