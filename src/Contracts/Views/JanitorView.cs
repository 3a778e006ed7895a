namespace ExecutionGrains.Views;

/// <summary>The janitor: the background job that looks for executions with expired deadlines.</summary>
/// <param name="Paused">Whether an operator has paused it.</param>
/// <param name="Held">
/// Whether it holds back its sweeps because too many executions would be lost at once. Ends when an operator resumes it, or when fewer would be lost.
/// </param>
/// <param name="LastSweep">When the latest sweep of any bucket began. Null before the first.</param>
/// <param name="Found">Executions that were due, in all sweeps of all buckets. Survives restarts.</param>
/// <param name="Lost">Executions declared lost by the silos that answered, since each was started.</param>
public sealed record JanitorView(bool Paused, bool Held, DateTimeOffset? LastSweep, long? Found, long? Lost)
{
    /// <summary>
    /// Deadlines after this time are not judged yet. Usually it is a few seconds ago at most; if a silo is silent, it is the last heartbeat of that silo. Null:
    /// the silo that answers judges no execution, because its own last heartbeat is too old.
    /// </summary>
    public DateTimeOffset? JudgedUntil { get; init; }

    /// <summary>
    /// The last outage of the tracker. A deadline in it, or within one lease after it, moves to one lease after its end. Null if there was none.
    /// </summary>
    public OutageView? LastOutage { get; init; }

    /// <summary>All 16 buckets in the order of their numbers.</summary>
    public IReadOnlyList<JanitorBucketView> Buckets { get; init; } = [];
}
