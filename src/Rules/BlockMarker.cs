namespace ExecutionGrains.Rules;

/// <summary>A monotonic marker: the block that started last, or the block that completed last.</summary>
/// <param name="At">The time that orders markers: producer time, limited to tracker time.</param>
public sealed record BlockMarker(
    string StepId,
    string Block,
    string? BlockType,
    DateTimeOffset At,
    DateTimeOffset StartedAt,
    DateTimeOffset? EndedAt,
    bool? Success)
{
    /// <summary>The marker time of a start that only the end of its step implies. Earlier than every valid time, so any reported start replaces it.</summary>
    public static readonly DateTimeOffset ImpliedAt = DateTimeOffset.UnixEpoch.AddTicks(-TimeSpan.TicksPerDay * 365 * 1900L);

    /// <summary>Whether only the end of a step implies this start.</summary>
    public bool IsImplied => At == ImpliedAt;
}
