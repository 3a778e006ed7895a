namespace ExecutionGrains.Rules;

/// <summary>A monotonic marker: the last block that started, or that completed.</summary>
/// <param name="At">The time that it is ordered by: the producer's, at most the tracker's.</param>
public sealed record Marker(
    string StepId,
    string Block,
    string? BlockType,
    DateTimeOffset At,
    DateTimeOffset StartedAt,
    DateTimeOffset? EndedAt,
    bool? Success)
{
    /// <summary>The time of a start that only its step's end implies: any reported start is later.</summary>
    public static readonly DateTimeOffset ImpliedAt = DateTimeOffset.UnixEpoch.AddTicks(-TimeSpan.TicksPerDay * 365 * 1900L);

    /// <summary>Whether no start was reported yet.</summary>
    public bool IsImplied => At == ImpliedAt;
}
