namespace ExecutionGrains.Views;

/// <summary>One epoch: one claim of the execution by one worker.</summary>
/// <param name="Epoch">The number of the epoch, from 1.</param>
/// <param name="WorkerId">The worker that claimed the execution. Null if none did.</param>
/// <param name="Incarnation">The incarnation that the worker named. Null if it named none.</param>
/// <param name="ClaimedAt">When the worker claimed the execution, in tracker time. Null if no worker did.</param>
/// <param name="StartedAt">When the epoch started: the worker's time if it sent one, else tracker time. Null if it has not started.</param>
/// <param name="EndedAt">When the epoch ended: the worker's time if it sent one, else tracker time. Null if it has not ended.</param>
/// <param name="Status">
/// The status at the end of the epoch, or the current status of the current epoch. Null if the claim of the epoch expired, or if another worker claimed the
/// paused execution.
/// </param>
/// <param name="Cause">Why the epoch ended. Null if it has not ended.</param>
/// <param name="FinalizationPath">How the end of the epoch was written. Null if it has not ended, or ended without a status.</param>
/// <param name="LastStartedBlock">The name of the block that started last. Null if none has started.</param>
/// <param name="LastCompletedBlock">The name of the block that completed last. Null if none has completed.</param>
/// <param name="Resolution">An operator's resolution of the lost epoch. Null if there is none.</param>
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
