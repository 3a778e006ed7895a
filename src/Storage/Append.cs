using ExecutionGrains.Rules;

namespace ExecutionGrains.Storage;

/// <summary>What one execution writes in one commit: its row, guarded by revision, and the effects of its decisions, in order.</summary>
public sealed record Append
{
    /// <summary>The row as it shall be. <see cref="ExecutionState.Revision"/> is above <see cref="BaseRevision"/>.</summary>
    public required ExecutionState State { get; init; }

    /// <summary>The revision that the store must hold; 0: no row may exist.</summary>
    public required long BaseRevision { get; init; }

    /// <summary>
    /// The keyed hash of the id, of an execution that is made: where the store holds a tombstone with it, the execution was forgotten, and nothing is
    /// written. Null: nobody asks.
    /// </summary>
    public byte[]? IdHash { get; init; }

    /// <summary>When the janitor should look; null: never.</summary>
    public required DateTimeOffset? DueAt { get; init; }

    public required IReadOnlyList<Effect> Effects { get; init; }

    /// <summary>Whether the labels, or with labels the status or workflow, may be others than at the base revision. Default true.</summary>
    public bool Relabels { get; init; } = true;

    /// <summary>Whether anything that lists show or filter by, labels included, may be other than at the base revision. Default true.</summary>
    public bool Relists { get; init; } = true;

    /// <summary>Event ids that the decisions took for new: where the store holds one, nothing is written.</summary>
    public IReadOnlyList<EventKey> NewEvents { get; init; } = [];

    /// <summary>Steps that the decisions took for new, likewise.</summary>
    public IReadOnlyList<StepKey> NewSteps { get; init; } = [];

    /// <summary>Rejections that the decisions took for new, likewise.</summary>
    public IReadOnlyList<RejectionKey> NewRejections { get; init; } = [];

    /// <summary>Random; kept with every history row, so that an uncertain write can be resolved by reading back.</summary>
    public required long CommitId { get; init; }

    /// <summary>The state as it is stored, where that was made ready.</summary>
    internal ReadyState? Ready { get; set; }
}
