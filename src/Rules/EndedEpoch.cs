namespace ExecutionGrains.Rules;

/// <summary>
/// A closed epoch. Its status is null if its claim expired or another worker claimed the paused execution. If a restore from a backup closed it, its status is
/// the live one at that time.
/// </summary>
public sealed record EndedEpoch(
    int Epoch,
    string? WorkerId,
    string? Incarnation,
    DateTimeOffset? ClaimedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? EndedAt,
    ExecutionStatus? Status,
    FinalizationPath? Path,
    Cause? Cause,
    string? LastStartedBlock,
    string? LastCompletedBlock,
    ResolutionRecord? Resolution)
{
    /// <summary>
    /// Tracker time of the end, which the statistics use. Null if the epoch has no status, and for epochs closed by versions that did not store it; then
    /// <see cref="EndedAt"/> is used.
    /// </summary>
    public DateTimeOffset? TrackerEndedAt { get; init; }
}
