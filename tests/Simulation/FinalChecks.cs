using System.Text.Json;
using ExecutionGrains.Rules;

namespace ExecutionGrains.Simulation;

/// <summary>Invariants after all faults have stopped and all deadlines have passed.</summary>
internal sealed class FinalChecks(World world)
{
    public void Check(IReadOnlySet<string> kept)
    {
        world.Ledger.CheckPromises();
        foreach (var (id, stored) in world.Store.Executions)
        {
            Silent(id, stored, kept.Contains(id));
            Ends(id, stored);
            Replays(id, stored);
        }

        Figures();
        Records();
    }

    /// <summary>An execution whose worker was silent throughout has ended; one whose worker reported is running.</summary>
    private void Silent(string id, StoredExecution stored, bool isKept)
    {
        var s = stored.State;
        if (isKept)
        {
            world.Verdict.Check(s.Status == ExecutionStatus.Running, $"{id} was heard of all the time and is {s.Status}");
            return;
        }

        var live = s.Status is ExecutionStatus.Claimed or ExecutionStatus.Running;
        world.Verdict.Check(
            !live || (s.LeaseTerm is null && s.Cancel is null && (s.Facts.TimeoutSeconds is null || s.Status == ExecutionStatus.Claimed)),
            $"{id} was silent for long and is still {s.Status}, due {stored.DueAt - SimulatedTime.Start}");
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

    /// <summary>S42: replaying the history gives the stored row and steps.</summary>
    private void Replays(string id, StoredExecution stored)
    {
        var replay = new Replay(stored.State.Id);
        foreach (var (row, _) in stored.History)
        {
            replay.Add(row);
        }

        var (now, was) = (JsonSerializer.Serialize(Replay.WithoutUnrecorded(stored.State)), JsonSerializer.Serialize(replay.State));
        world.Verdict.Check(now == was, $"{id}: its history gives {was}, and it is {now}");
        world.Verdict.Check(stored.Steps.Count == replay.Steps.Count, $"{id}: its history gives {replay.Steps.Count} steps, and it has {stored.Steps.Count}");
        foreach (var (key, step) in stored.Steps)
        {
            var (has, had) = (
                JsonSerializer.Serialize(step with { Input = null, Output = null, Error = null }),
                JsonSerializer.Serialize(replay.Steps.GetValueOrDefault((key.Epoch, key.StepId))));
            world.Verdict.Check(has == had, $"{id}: its history gives the step {had}, and it is {has}");
        }
    }

    /// <summary>A janitor's record counts each sweep at most once, and contains the latest sweeps, because no fault occurred recently.</summary>
    private void Records()
    {
        foreach (var bucket in world.Buckets)
        {
            var (record, _) = world.Store.Record(bucket);
            var (found, acted) = world.Ledger.SweptIn(bucket);
            world.Verdict.Check(
                record.Found <= found && record.Acted <= acted,
                $"bucket {bucket}: {found} were found and {acted} acted on, its record says {record.Found} and {record.Acted}");
            var age = world.Time.Now - record.LastSweepAt;
            world.Verdict.Check(age <= (2 * world.Setup.JanitorPeriod) + world.SkewMax, $"bucket {bucket}: its record is {age} old");
        }
    }

    private void Figures()
    {
        var states = world.Store.Executions.Values.Select(e => e.State).ToArray();
        foreach (var ((workflow, status), count) in world.Store.Live)
        {
            var live = states.Count(s => s.Workflow == workflow && s.Status == status);
            world.Verdict.Check(live == count, $"{live} executions of {workflow} are {status}, the figures say {count}");
        }

        var resolved =
            states.SelectMany(s => s.Epochs.Select(e => e.Resolution).Append(s.Resolution)).OfType<ResolutionRecord>()
            .CountBy(r => r.Resolution).ToDictionary();
        foreach (var resolution in Enum.GetValues<Resolution>())
        {
            var (said, counted) = (resolved.GetValueOrDefault(resolution), world.Store.Figures.GetValueOrDefault((FigureKind.Resolution, resolution)));
            world.Verdict.Check(said == counted, $"{said} executions are resolved as {resolution}, the figures say {counted}");
        }
    }
}
