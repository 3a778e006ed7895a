using ExecutionGrains.Rules;

namespace ExecutionGrains.Simulation;

/// <summary>What must hold when everything has calmed down.</summary>
internal sealed class FinalChecks(World world)
{
    public void Check(IReadOnlySet<string> kept)
    {
        world.Ledger.CheckPromises();
        foreach (var (id, stored) in world.Store.Executions)
        {
            Silent(id, stored, kept.Contains(id));
            Ends(id, stored);
        }

        Figures();
    }

    /// <summary>Whoever was silent all along has been judged; whoever was heard of is alive.</summary>
    private void Silent(string id, StoredExecution stored, bool isKept)
    {
        var s = stored.State;
        if (isKept)
        {
            world.Verdict.Check(s.Status == ExecutionStatus.Running, $"{id} was heard of all the time and is {s.Status}");
            return;
        }

        var live = s.Status is ExecutionStatus.Claimed or ExecutionStatus.Running;
        world.Verdict.Check(!live || (s.LeaseTerm is null && s.Cancel is null && (s.Facts.TimeoutSeconds is null || s.Status == ExecutionStatus.Claimed)), $"{id} was silent for long and is still {s.Status}, due {stored.DueAt - SimulatedTime.Start}");
    }

    private void Ends(string id, StoredExecution stored)
    {
        var s = stored.State;
        var said = s.Epochs.Select(e => (e.Status, e.Cause)).Append((s.IsFinal ? s.Status : null, s.Cause))
            .Where(e => e.Status >= ExecutionStatus.Succeeded || e.Cause == Cause.ClaimExpired)
            .Order().ToArray();
        var counted = stored.Ended.Select(e => (e.Status, e.Cause)).Order().ToArray();
        world.Verdict.Check(said.SequenceEqual(counted), $"{id}: its epochs say [{string.Join(' ', said)}], the figures [{string.Join(' ', counted)}]");
        var actions = stored.History.Count(h => h.Row.Type.StartsWith("operator.", StringComparison.Ordinal));
        world.Verdict.Check(actions == stored.AuditCount, $"{id}: {actions} operator actions in history, {stored.AuditCount} in the audit");
    }

    private void Figures()
    {
        var states = world.Store.Executions.Values.Select(e => e.State).ToArray();
        foreach (var ((workflow, status), count) in world.Store.Live)
        {
            var live = states.Count(s => s.Workflow == workflow && s.Status == status);
            world.Verdict.Check(live == count, $"{live} executions of {workflow} are {status}, the figures say {count}");
        }

        var resolved = states.SelectMany(s => s.Epochs.Select(e => e.Resolution).Append(s.Resolution)).OfType<Resolved>().CountBy(r => r.Resolution).ToDictionary();
        foreach (var resolution in Enum.GetValues<Resolution>())
        {
            var (said, counted) = (resolved.GetValueOrDefault(resolution), world.Store.Figures.GetValueOrDefault((FigureKind.Resolution, resolution)));
            world.Verdict.Check(said == counted, $"{said} executions are resolved as {resolution}, the figures say {counted}");
        }
    }
}
