using ExecutionGrains.Rules;
using ExecutionGrains.Storage.Commits;

namespace ExecutionGrains.Grains;

/// <summary>The append that one turn builds: the resulting state, and the effects of the turn's decisions in order.</summary>
internal sealed class AppendDraft(ExecutionState? state, KnownRows known)
{
    private readonly ExecutionState? _before = state;
    private readonly long _base = state?.Revision ?? 0;
    private readonly long _historyBase = state?.HistorySequence ?? 0;
    private readonly long _commitId = Random.Shared.NextInt64(1, long.MaxValue);

    public ExecutionState? State { get; private set; } = state;

    public KnownRows Known { get; } = known;

    public List<Effect> Effects { get; } = [];

    public bool MustStore { get; private set; }

    public Append? Append { get; private set; }

    /// <summary>Sequence number of the append's first history row; null if it has no history rows.</summary>
    public long? FirstHistory => State is { } s && s.HistorySequence > _historyBase ? _historyBase + 1 : null;

    public void Add(Command command, Decision decision)
    {
        State = decision.State;
        Effects.AddRange(decision.Effects);
        MustStore |= decision.MustStore;
        Known.Adopt(command, decision, _commitId);
    }

    /// <summary>
    /// Whether the label rows must be written again. Rules that set labels create a new object, and other events keep the old one, so references are compared.
    /// The parent and the ended epochs are stored as label rows too.
    /// </summary>
    private bool Relabels(ExecutionState after) => !ReferenceEquals(_before?.Facts.Labels, after.Facts.Labels)
        || _before?.Facts.ParentExecutionId != after.Facts.ParentExecutionId
        || (HasLabelRows(after) && (_before?.Status, _before?.Workflow, _before?.Epoch) != (after.Status, after.Workflow, after.Epoch));

    private static bool HasLabelRows(ExecutionState state) =>
        state.Facts.Labels is not null || state.Facts.ParentExecutionId is not null || state.Epochs.Count > 0;

    /// <summary>
    /// Whether a field that lists show has changed. Unchanged facts are the same object, so references are compared. Fields that are not compared never change.
    /// </summary>
    private bool Relists(ExecutionState after) => _before is not { } before || !ReferenceEquals(before.Facts, after.Facts)
        || (before.Status, before.Cause, before.Epoch) != (after.Status, after.Cause, after.Epoch)
        || (before.StartedAt, before.EndedAt) != (after.StartedAt, after.EndedAt)
        || (before.Worker, before.Resolution, before.LateCount) != (after.Worker, after.Resolution, after.LateCount);

    /// <summary>Sets <see cref="Append"/> if there is something to store.</summary>
    /// <param name="hasher">Hashes the id of a new execution. Null if the turn cannot create one.</param>
    public void Close(RuleSettings settings, EventHasher? hasher = null)
    {
        if (!MustStore || State is null)
        {
            return;
        }

        State = State with { Revision = _base + 1 };
        Append = new Append
        {
            State = State,
            BaseRevision = _base,
            IdHash = _base == 0 ? hasher?.Hash(State.Id) : null,
            DueAt = Deadlines.DueAt(State, settings),
            Effects = Effects,
            Relabels = Relabels(State),
            Relists = Relists(State),
            NewEvents = Known.NewEvents,
            NewSteps = Known.NewSteps,
            NewRejections = Known.NewRejections,
            CommitId = _commitId,
        };
    }
}
