namespace ExecutionGrains.Rules;

/// <summary>One epoch that is over. Status is null for a claim that nobody followed up.</summary>
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
    Resolved? Resolution)
{
    /// <summary>
    /// The tracker's time of the end, by which figures count. Null in epochs that ended before it was stored; then <see cref="EndedAt"/> takes its place.
    /// </summary>
    public DateTimeOffset? TrackerEndedAt { get; init; }
}
