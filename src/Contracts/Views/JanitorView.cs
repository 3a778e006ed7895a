namespace ExecutionGrains.Views;

/// <summary>The janitor's sweeps, and what it may judge.</summary>
/// <param name="LastSweep">Of any bucket.</param>
/// <param name="Found">Executions found due, in all sweeps that the stored records of the buckets count. It survives restarts.</param>
/// <param name="Lost">Executions lost since the starts of the silos that answered.</param>
public sealed record JanitorView(bool Paused, bool Held, DateTimeOffset? LastSweep, long? Found, long? Lost)
{
    /// <summary>What runs out later than this is not judged yet: some seconds ago at most, or when a silo that is silent last gave a sign of life. Null: the silo that answers judges nobody, its own sign of life is too old.</summary>
    public DateTimeOffset? JudgedUntil { get; init; }

    /// <summary>The last time in which nobody could be heard: what ran out in it, or within one lease of its end, is judged one lease after its end. Null: there was none.</summary>
    public OutageView? LastOutage { get; init; }

    /// <summary>All 16 buckets in the order of their numbers.</summary>
    public IReadOnlyList<JanitorBucketView> Buckets { get; init; } = [];
}
