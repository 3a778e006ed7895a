namespace ExecutionGrains.Views;

/// <summary>The janitor's sweeps, and what it may judge.</summary>
/// <param name="Paused">Whether an operator has paused it.</param>
/// <param name="Held">Whether it holds back a mass loss until an operator resumes it.</param>
/// <param name="LastSweep">When the latest sweep of any bucket began. Null before the first.</param>
/// <param name="Found">Executions found due, in all sweeps of all buckets. Survives restarts.</param>
/// <param name="Lost">Executions lost since the silos that answered were started.</param>
public sealed record JanitorView(bool Paused, bool Held, DateTimeOffset? LastSweep, long? Found, long? Lost)
{
    /// <summary>
    /// Deadlines later than this are not judged yet: at most some seconds ago, or the last sign of life of a silo that is silent. Null: the silo that answers
    /// judges nobody, because its own sign of life is too old.
    /// </summary>
    public DateTimeOffset? JudgedUntil { get; init; }

    /// <summary>
    /// The last outage of the tracker. A deadline in it, or within one lease of its end, is judged one lease after its end. Null if there was none.
    /// </summary>
    public OutageView? LastOutage { get; init; }

    /// <summary>All 16 buckets in the order of their numbers.</summary>
    public IReadOnlyList<JanitorBucketView> Buckets { get; init; } = [];
}
