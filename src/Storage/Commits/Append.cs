using ExecutionGrains.Rules;
using ExecutionGrains.Storage.Serialization;

namespace ExecutionGrains.Storage.Commits;

/// <summary>Everything that one execution writes in one commit: its row, guarded by revision, and the effects of its decisions, in order.</summary>
public sealed record Append
{
    /// <summary>The row to store. Its <see cref="ExecutionState.Revision"/> is greater than <see cref="BaseRevision"/>.</summary>
    public required ExecutionState State { get; init; }

    /// <summary>The revision that the store must hold. 0: no row may exist.</summary>
    public required long BaseRevision { get; init; }

    /// <summary>
    /// Keyed hash of the id of a new execution. If the store holds a tombstone with this hash, the execution was deleted for good and nothing is written.
    /// Null: no check.
    /// </summary>
    public byte[]? IdHash { get; init; }

    /// <summary>When the janitor checks this execution next. Null: never.</summary>
    public required DateTimeOffset? DueAt { get; init; }

    public required IReadOnlyList<Effect> Effects { get; init; }

    /// <summary>
    /// Whether the label rows may have changed since the base revision: labels, or the status or workflow of an execution with labels. Default true.
    /// </summary>
    public bool Relabels { get; init; } = true;

    /// <summary>Whether anything that lists show or filter by, including labels, may have changed since the base revision. Default true.</summary>
    public bool Relists { get; init; } = true;

    /// <summary>Event ids that the decisions treated as new. If the store holds one of them, nothing is written.</summary>
    public IReadOnlyList<EventKey> NewEvents { get; init; } = [];

    /// <summary>Steps that the decisions treated as new. If the store holds one of them, nothing is written.</summary>
    public IReadOnlyList<StepKey> NewSteps { get; init; } = [];

    /// <summary>Rejections that the decisions treated as new. If the store holds one of them, nothing is written.</summary>
    public IReadOnlyList<RejectionKey> NewRejections { get; init; } = [];

    /// <summary>Random. Stored with every history row, so that a read can tell whether an uncertain write happened.</summary>
    public required long CommitId { get; init; }

    /// <summary>The state already encoded as JSON. Null: the store encodes it.</summary>
    internal EncodedState? Ready { get; set; }
}
