namespace ExecutionGrains.Views;

/// <summary>One epoch. Status is null for a claim that nobody followed up.</summary>
public sealed record EpochView(
    int Epoch,
    string? WorkerId,
    string? Incarnation,
    DateTimeOffset? ClaimedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? EndedAt,
    ExecutionStatus? Status,
    Cause? Cause,
    FinalizationPath? FinalizationPath,
    string? LastStartedBlock,
    string? LastCompletedBlock,
    ResolutionView? Resolution);
