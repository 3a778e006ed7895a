using ExecutionGrains.Rules;
using ExecutionGrains.Storage.Commits;
using ExecutionGrains.Storage.Serialization;

namespace ExecutionGrains.Simulation;

/// <summary>Invariants of every write, compared with the state before it.</summary>
internal sealed class CommitChecks(World world)
{
    private readonly Dictionary<(string Id, int Epoch), ExecutionStatus> _finals = [];

    public void Check(StoredExecution? before, StoredExecution after, Append append)
    {
        var state = after.State;
        var id = state.Id.Value;
        world.Trace.Write(
            $"{id} r{state.Revision} v{state.Version} {state.Status} epoch {state.Epoch} due {Seconds(after.DueAt)} "
            + $"lease {Seconds(state.StoredLease)} "
            + string.Join(' ', append.Effects.OfType<Effect.History>().Select(h => $"{h.Sequence}:{h.Type}:{h.EventId}:{h.Result}")));
        world.Fence.Check(id, before?.State, state, append.Effects.OfType<Effect.History>().Any(h => h.Type == "tracker.restored"));
        if (before is not null)
        {
            Follows(id, before.State, state);
            RanOut(id, before.State, append);
            SaysWhatChanges(id, before.State, state, append);
        }

        Steps(id, after);
        Times(id, after, append);
        Finals(id, state);
        Bounded(id, after);
        Note(id, before?.State, state);
    }

    /// <summary>Executions that ended after the backup may end differently after the restore.</summary>
    public void Restored(MemoryStore store)
    {
        _finals.Clear();
        foreach (var (id, stored) in store.Executions)
        {
            Finals(id, stored.State);
        }
    }

    private void Follows(string id, ExecutionState before, ExecutionState after)
    {
        Holds(id, after.Revision == before.Revision + 1, $"revision {after.Revision} follows {before.Revision}");
        Holds(
            id,
            after.Version >= before.Version && after.Epoch >= before.Epoch && after.HistorySequence >= before.HistorySequence,
            "version, epoch or history went back");
        Holds(
            id, after.LateCount >= before.LateCount && after.RejectedCount >= before.RejectedCount && after.Attempts >= before.Attempts, "a counter went back");
        Holds(id, after.Epoch > before.Epoch || after.LogCount >= before.LogCount, "the log count of an epoch went back");
        Holds(id, after.Namespace == before.Namespace && after.CreatedAt == before.CreatedAt, "its namespace or creation changed");
        if (after.Epoch != before.Epoch)
        {
            return;
        }

        Holds(id, after.LastStarted is null == before.LastStarted is null || before.LastStarted is null, "a marker went away");
        Holds(id, before.LastStarted is null || after.LastStarted!.At >= before.LastStarted.At, "the started marker went back");
        Holds(id, before.LastCompleted is null || after.LastCompleted?.At >= before.LastCompleted.At, "the completed marker went back");
        Holds(
            id,
            !before.IsFinal || (after.Status, after.Cause, after.Path, after.Outcome) == (before.Status, before.Cause, before.Path, before.Outcome),
            $"{before.Status} became {after.Status} within an epoch");
        Holds(id, before.Cancel is null || after.Cancel == before.Cancel, "the first cancel does not stand");
    }

    /// <summary>A store does not write the columns and labels that an append declares unchanged, so they must be unchanged.</summary>
    private void SaysWhatChanges(string id, ExecutionState before, ExecutionState after, Append append)
    {
        Holds(
            id,
            append.Relists || Listed(before).Equals(Listed(after)),
            $"what lists show changes and the append does not say so: {Listed(before)}, {Listed(after)}");
        Holds(
            id,
            append.Relabels || Equals(Labelled(before), Labelled(after)),
            $"its labels' rows change and the append does not say so: {Labelled(before)}, {Labelled(after)}");
    }

    /// <summary>No live execution is marked lost, and every silent one is, in time.</summary>
    private void RanOut(string id, ExecutionState before, Append append)
    {
        foreach (var row in append.Effects.OfType<Effect.History>())
        {
            var contact = world.Ledger.LastContact(id, row.Epoch);
            if (row.Type == "tracker.claim_expired")
            {
                var claimed = before.ClaimedAt - SimulatedTime.Start ?? TimeSpan.Zero;
                Holds(
                    id,
                    contact is null || contact < claimed + TimeSpan.FromMilliseconds(1) || contact <= claimed + world.SkewMax,
                    $"a claim that was followed up (claimed at {claimed.TotalSeconds:F4} s, heard of at {contact?.TotalSeconds:F4} s) expired");
            }
            else if (row.Type is "tracker.lost" or "tracker.exception" && before.LeaseTerm is { } term)
            {
                var earliest = Excused(contact + term, term) + World.Rules.DeadlineGrace - world.SkewMax;
                Holds(
                    id,
                    earliest is null || world.Time.Elapsed >= earliest,
                    $"it was heard of at {contact?.TotalSeconds:F4} s, within its lease of {term.TotalSeconds} s, and is {row.Type}");
                Holds(
                    id,
                    world.Time.Elapsed <= LostBy(id, before, term),
                    $"it was last heard of at {world.Ledger.LastArrival(id).TotalSeconds:F4} s and lost too late, its lease being {term.TotalSeconds} s");
            }
        }
    }

    /// <summary>A deadline that falls into an outage, or within one lease after it, moves to one lease after the outage's end.</summary>
    private TimeSpan? Excused(TimeSpan? deadline, TimeSpan term)
    {
        foreach (var outage in world.Store.NewestOutages(int.MaxValue))
        {
            var (from, to) = (outage.From - SimulatedTime.Start + world.SkewMax, outage.To - SimulatedTime.Start - world.SkewMax);
            deadline = deadline >= from && deadline < to + term ? to + term : deadline;
        }

        return deadline;
    }

    private TimeSpan LostBy(string id, ExecutionState before, TimeSpan term)
    {
        var heard = SimulatedTime.Start + world.Ledger.LastArrival(id);
        heard = world.Ledger.IsGivenUp(id) && before.LastContactAt > heard ? before.LastContactAt.Value : heard;
        var deadline = heard + (1.5 * term);
        foreach (var outage in world.Store.NewestOutages(int.MaxValue))
        {
            deadline = deadline >= outage.From - world.SkewMax && deadline < outage.To + term + world.SkewMax ? outage.To + term : deadline;
        }

        var due = deadline - SimulatedTime.Start;
        due = due > world.Faults.LastDisturbance ? due : world.Faults.LastDisturbance;
        return due + World.Rules.DeadlineGrace + world.Setup.JanitorPeriod + (3 * world.SkewMax) + TimeSpan.FromSeconds(5);
    }

    private void Steps(string id, StoredExecution after)
    {
        var state = after.State;
        var open = 0;
        foreach (var (key, row) in after.Steps)
        {
            if (row.IsOpen)
            {
                Holds(id, key.Epoch == state.Epoch && !state.IsFinal, $"step {key} is open under {state.Status} of epoch {state.Epoch}");
                open += key.Epoch == state.Epoch ? 1 : 0;
            }

            Holds(id, row.EndedAt is null || row.EndedAt >= row.StartedAt, $"step {key} ended before it started");
        }

        Holds(id, open == state.OpenStepCount, $"{open} steps are open and {state.OpenStepCount} counted");
    }

    private void Times(string id, StoredExecution after, Append append)
    {
        Holds(id, after.State.EndedAt is not { } ended || after.State.StartedAt is not { } started || ended >= started, "it ended before it started");
        foreach (var effect in append.Effects)
        {
            Holds(id, effect is not Effect.CountEndedEpoch { Duration: { } duration } || duration >= TimeSpan.Zero, "a duration is negative");
        }
    }

    private void Finals(string id, ExecutionState state)
    {
        foreach (var epoch in state.Epochs)
        {
            Final(id, epoch.Epoch, epoch.Status);
        }

        Final(id, state.Epoch, state.Status);
    }

    private void Final(string id, int epoch, ExecutionStatus? status)
    {
        if (status is >= ExecutionStatus.Succeeded and { } final)
        {
            var first = _finals.TryGetValue((id, epoch), out var known) ? known : _finals[(id, epoch)] = final;
            Holds(id, first == final, $"epoch {epoch} was {first} and is {final}");
        }
    }

    private void Bounded(string id, StoredExecution after)
    {
        var s = after.State;
        Holds(
            id,
            s.Epochs.Count <= Limits.EpochCountMax && after.Rejections.Count <= Limits.RejectionCountMax && after.EvidenceCount <= Limits.EvidenceCountMax,
            "it grows without bound");
        Holds(
            id,
            s.HistorySequence == after.History.Count && s.LogCount == after.LogCounts.GetValueOrDefault(s.Epoch) && s.EvidenceCount == after.EvidenceCount
                && s.RejectionCount == after.Rejections.Count,
            "its counters are not what was written");
    }

    private void Note(string id, ExecutionState? before, ExecutionState after)
    {
        for (var epoch = before?.Epoch ?? 1; epoch < after.Epoch; epoch++)
        {
            world.Ledger.Over(id, epoch);
        }

        if (after.IsFinal)
        {
            world.Ledger.Over(id, after.Epoch);
        }

        if (after.Cancel is not null)
        {
            world.Ledger.Cancelled(id, after.Epoch);
        }
    }

    private void Holds(string id, bool holds, string otherwise)
    {
        if (!holds)
        {
            world.Verdict.Fail($"{id}: {otherwise}");
        }
    }

    private static object Listed(ExecutionState s) => (
        (s.Namespace, s.Workflow, s.Status, s.Cause, s.Epoch, s.StartedAt, s.EndedAt),
        (s.Worker?.WorkerId, s.Facts.TriggeredBy ?? s.CreatedBy, s.Resolution?.Resolution, s.LateCount, StateJson.Labels(s.Facts.Labels)));

    private static object? Labelled(ExecutionState s) => StateJson.Labels(LabelRows.Of(s)) is { } labels ? (labels, s.Status, s.Workflow) : null;

    private static string Seconds(DateTimeOffset? at) => at is { } then ? (then - SimulatedTime.Start).TotalSeconds.ToString("F3") : "-";
}
