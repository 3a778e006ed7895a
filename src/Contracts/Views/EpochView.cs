namespace ExecutionGrains.Views;

/// <summary>One epoch: one claim of the execution by one worker.</summary>
/// <param name="Epoch">The number of the epoch, from 1.</param>
/// <param name="WorkerId">The worker that claimed. Null if none did.</param>
/// <param name="Incarnation">The worker's process. Null if the worker gave none.</param>
/// <param name="ClaimedAt">When it was claimed, in the tracker's time. Null if it was not.</param>
/// <param name="StartedAt">When it started: the worker's time if it gave one, else the tracker's. Null before.</param>
/// <param name="EndedAt">When it ended: the worker's time if it gave one, else the tracker's. Null before.</param>
/// <param name="Status">How the epoch ended, or stands if it is the current one. Null if it ended without a result: its claim expired, or another worker took
/// over a paused execution.</param>
/// <param name="Cause">Why the epoch ended. Null while it has not.</param>
/// <param name="FinalizationPath">How its end was written. Null if it has not ended or ended without a result.</param>
/// <param name="LastStartedBlock">The name of the block that started last. Null before any did.</param>
/// <param name="LastCompletedBlock">The name of the block that completed last. Null before any did.</param>
/// <param name="Resolution">An operator's word on its loss. Null if there is none.</param>
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
