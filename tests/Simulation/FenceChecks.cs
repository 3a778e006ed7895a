using ExecutionGrains.Rules;

namespace ExecutionGrains.Simulation;

/// <summary>Invariants of a store that is marked as restored, until it is fenced and afterwards (decision 8).</summary>
internal sealed class FenceChecks(World world)
{
    private Dictionary<string, ExecutionState> _marked = [];
    private int _auditCount;
    private bool _isAgreed = true;

    /// <summary>The lowest epoch that may be opened on the store, as the silos report it.</summary>
    public int EpochMin { get; private set; } = 1;

    /// <summary>Records the marked store. No silo serves it, and all its executions are from before the restore.</summary>
    public void Marked()
    {
        _marked = world.Store.Executions.ToDictionary(e => e.Key, e => e.Value.State);
        (_auditCount, _isAgreed) = (world.Store.Audit.Count, false);
    }

    /// <summary>A silo has read the lowest epoch.</summary>
    public void Read(string silo, int epochMin)
    {
        if (_isAgreed)
        {
            Holds(epochMin == EpochMin, $"{silo} opens epochs from {epochMin}, the store has them from {EpochMin}");
            return;
        }

        Holds(
            epochMin > EpochMin && epochMin > world.Ledger.EpochMax,
            $"the fence is {epochMin}, and there were epochs up to {world.Ledger.EpochMax}, fences up to {EpochMin}");
        (EpochMin, _isAgreed) = (epochMin, true);
    }

    public void Serves(string silo) => Holds(!world.Store.IsMarked, $"{silo} serves a store that is not fenced yet");

    /// <summary>The mark is removed: every execution must be fenced, and no silo may have served meanwhile.</summary>
    public void Unmarked()
    {
        Holds(!world.Silos.Any(s => s.IsServing), "a store was fenced while it was served");
        Holds(world.Store.Audit.Count > _auditCount, "the audit does not say that the store was fenced");
        foreach (var (id, was) in _marked)
        {
            var now = world.Store.Executions[id].State;
            Holds(
                was.IsFinal
                    ? ReferenceEquals(now, was)
                    : was.Cancel is null
                    ? IsFenced(was, now)
                    : (now.Status, now.Cause, now.Epoch) == (ExecutionStatus.Cancelled, Cause.CancelUnconfirmed, was.Epoch),
                $"{id} was {was.Status} in epoch {was.Epoch} when the store was restored, "
                + $"and is {now.Status} in epoch {now.Epoch} now that it is fenced from {EpochMin}");
        }

        foreach (var execution in world.Executions)
        {
            world.Ledger.Fenced(execution.Id, world.Store.Load(new(execution.Id)), EpochMin);
        }
    }

    /// <summary>Checks every write.</summary>
    public void Check(string id, ExecutionState? before, ExecutionState after, bool isFence)
    {
        Holds(
            before is null || after.Epoch == before.Epoch || after.Epoch >= EpochMin,
            $"{id}: epoch {after.Epoch} is opened on a store that is fenced from {EpochMin}");
        Holds(!isFence || !world.Silos.Any(s => s.IsServing), $"{id} is fenced off in epoch {before?.Epoch} while the store is served");
    }

    private bool IsFenced(ExecutionState was, ExecutionState now)
    {
        var status = was.Status == ExecutionStatus.Paused ? ExecutionStatus.Paused : ExecutionStatus.Pending;
        var archived = was.Status == ExecutionStatus.Pending
            ? now.Epochs.Count == was.Epochs.Count
            : now.Epochs is [.., var last] && (last.Epoch, last.Status) == (was.Epoch, was.Status);
        return (now.Status, now.Epoch, now.Worker, now.OpenStepCount) == (status, EpochMin, null, 0) && archived;
    }

    private void Holds(bool holds, string otherwise) => world.Verdict.Check(holds, otherwise);
}
