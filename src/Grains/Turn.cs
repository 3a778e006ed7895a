using ExecutionGrains.Rules;
using ExecutionGrains.Storage;

namespace ExecutionGrains.Grains;

/// <summary>An execution's turns: load, decide, append, adopt, answer. One at a time.</summary>
internal sealed class Turn(ExecutionId id, IExecutionStore store, ICommitQueue queue, GrainServices services)
{
    /// <summary>How often a turn decides again before it asks its callers to; each round follows a row that somebody else wrote.</summary>
    private const int RoundsMax = 16;

    private readonly Dictionary<StepKey, StepRow> _open = [];
    private ExecutionState? _state;
    private bool _loaded;

    /// <summary>When memory was last seen to be what is stored.</summary>
    private Contact _contact;

    /// <summary>
    /// When the worker was last heard of and the store did not take it; null: it was heard of since. An outage of the tracker, if only this execution's. Signs of life do not tell of it, they may go
    /// through meanwhile.
    /// </summary>
    private DateTimeOffset? _refusedAt;

    public Task Take(List<Waiting> calls) => Decide(calls, reduce: null);

    /// <summary>After a fault of the store or of our own: the callers may send again, the next turn starts from what is stored.</summary>
    public void Fail(List<Waiting> calls, Exception e)
    {
        _loaded = false;
        services.Log.TurnFailed(id, e.Message, e is StoreException ? null : e);
        Refuse(calls, Code.StoreUnavailable);
    }

    /// <returns>Whether those that came after these may be decided; not where these are told to come again: they come first.</returns>
    private async Task<bool> Decide(List<Waiting> calls, string? reduce)
    {
        Known? found = null;
        for (var round = 0; round < RoundsMax; round++)
        {
            await Load();
            var plan = Plan(calls, found, reduce);
            if (!plan.MustStore)
            {
                if (await IsOutdated())
                {
                    _loaded = false;
                    found = null;
                    continue;
                }

                Adopt(plan);
                services.Metrics.Count(calls, plan.Effects);
                Complete(calls);
                return true;
            }

            var asked = Contact.Now(services);
            var outcome = await queue.SubmitAsync(plan.Append!);
            _contact = outcome is AppendOutcome.Committed ? asked : _contact;
            switch (outcome is AppendOutcome.Unavailable { Uncertain: true } ? await ReadBack(plan, outcome) : outcome)
            {
                case AppendOutcome.Committed:
                    Adopt(plan);
                    services.Metrics.Count(calls, plan.Effects);
                    Complete(calls);
                    return true;
                case AppendOutcome.Found rows:
                    (found ??= new Known(_open)).Learn(rows);
                    break;
                case AppendOutcome.VersionMismatch:
                    _loaded = false;
                    found = null;
                    break;
                case AppendOutcome.Overloaded:
                    Refuse(calls, Code.Overloaded);
                    return false;
                default:
                    return await Fallback(calls, outcome, reduce);
            }
        }

        Refuse(calls, Code.Overloaded);
        return false;
    }

    /// <summary>What became of an append where the store does not know; the outcome as it was where that cannot be told.</summary>
    private async Task<AppendOutcome> ReadBack(Plan plan, AppendOutcome outcome)
    {
        if (plan.FirstHistory is not { } first)
        {
            return outcome;
        }

        _loaded = false;
        return await store.WasCommittedAsync(plan.State!, first, plan.Append!.CommitId, CancellationToken.None) ? AppendOutcome.Committed.Instance : outcome;
    }

    /// <summary>The end is always written: what could not be stored in full is tried once more without payloads; calls are tried apart so that none pays for another.</summary>
    /// <inheritdoc cref="Decide(List{Waiting}, string?)"/>
    private async Task<bool> Fallback(List<Waiting> calls, AppendOutcome outcome, string? reduced)
    {
        var reason = outcome switch
        {
            AppendOutcome.Refused r => r.Reason,
            AppendOutcome.Unavailable u => u.Reason,
            _ => outcome.GetType().Name,
        };
        var ends = calls.Any(c => c.Commands.Any(x => x is Command.Report { Event: ExecutionEvent.ExecutionCompleted }));
        if (calls.Count > 1 && (ends || outcome is AppendOutcome.Refused))
        {
            return await Apart(calls, reduced);
        }

        if (reduced is null && ends)
        {
            return await Decide(calls, reason);
        }

        services.Log.AppendFailed(id, reason);
        Refuse(calls, Code.StoreUnavailable);
        // What the store refuses it would refuse again: nobody waits for it.
        return outcome is AppendOutcome.Refused;
    }

    /// <summary>In the order in which they came: an end that overtook the progress before it would make that late (rule 13).</summary>
    private async Task<bool> Apart(List<Waiting> calls, string? reduced)
    {
        for (var i = 0; i < calls.Count; i++)
        {
            if (!await Decide([calls[i]], reduced))
            {
                Refuse(calls[(i + 1)..], Code.StoreUnavailable);
                return false;
            }
        }

        return true;
    }

    private async Task Load()
    {
        if (_loaded)
        {
            return;
        }

        _open.Clear();
        _contact = Contact.Now(services);
        _state = await store.LoadAsync(id, CancellationToken.None) is { } stored ? Deadlines.Presumed(stored) : null;
        _loaded = true;
    }

    /// <summary>
    /// Whether somebody else has written since. A write is guarded; an answer from memory is not, so that where other silos write too it is given for 2 s at most after the last contact with
    /// the store, and not once another silo has announced a change, and then only for the stored revision: a cancelled or fenced worker hears of it.
    /// </summary>
    private async Task<bool> IsOutdated()
    {
        if (!store.IsShared || _contact.IsTrusted(id, services))
        {
            return false;
        }

        var asked = Contact.Now(services);
        if (await services.Revisions.OfAsync(id, store) != (_state?.Revision ?? 0))
        {
            return true;
        }

        _contact = asked;
        return false;
    }

    private Plan Plan(List<Waiting> calls, Known? found, string? reduce)
    {
        var plan = new Plan(_state, new Known(_open, found));
        var now = services.Clock.Now;
        foreach (var call in calls)
        {
            Decide(plan, call, now, reduce);
        }

        plan.Close(services.Settings);
        return plan;
    }

    private void Decide(Plan plan, Waiting call, DateTimeOffset now, string? reduce)
    {
        (call.Refused, call.After, call.DecidedCount) = (null, null, 0);
        call.Created = plan.State is null;
        call.StatusBefore = plan.State?.Status ?? ExecutionStatus.Pending;
        if (plan.State is { } known && !call.Caller.Sees(known.Namespace))
        {
            call.Refused = Code.UnknownExecution;
            return;
        }

        for (var i = 0; i < call.Commands.Length; i++)
        {
            var command = call.Commands[i];
            var asked = command switch
            {
                Command.Report { Event: ExecutionEvent.ExecutionCompleted end } r when reduce is not null => new Command.Reduce(end, r.Epoch, r.Hash!, r.By, r.Namespace, reduce),
                Command.Judge judge when _refusedAt is { } at => judge with { Outages = [.. judge.Outages, new Outage(DateTimeOffset.MinValue, at)] },
                _ => command,
            };
            var decision = ExecutionRules.Decide(id, plan.State, plan.Known.Of(command), asked, now, services.Settings);
            if (decision.State is not { } next || !call.Caller.Sees(next.Namespace))
            {
                call.Refused = decision.State is null ? decision.Code : Code.Forbidden;
                return;
            }

            call.Verdicts[i] = Verdict.Of(decision);
            call.DecidedCount++;
            plan.Add(command, decision);
        }

        call.After = plan.State;
    }

    private void Adopt(Plan plan)
    {
        _state = plan.State;
        foreach (var effect in plan.Effects)
        {
            switch (effect)
            {
                case Effect.Step { Row: { IsOpen: true } row } when _open.Count < services.OpenStepsRememberedMax || _open.ContainsKey(new(row.Epoch, row.StepId)):
                    _open[new(row.Epoch, row.StepId)] = row;
                    break;
                case Effect.Step { Row: { } row }:
                    _open.Remove(new(row.Epoch, row.StepId));
                    break;
                case Effect.CloseOpenSteps:
                    _open.Clear();
                    break;
            }
        }
    }

    private void Complete(List<Waiting> calls)
    {
        foreach (var call in calls)
        {
            call.Complete(_state);
            _refusedAt = call.Refused is null && IsContact(call) ? null : _refusedAt;
        }
    }

    private void Refuse(List<Waiting> calls, Code code)
    {
        foreach (var call in calls)
        {
            call.Refuse(_state, code);
            _refusedAt = IsContact(call) ? services.Clock.Now : _refusedAt;
        }
    }

    private static bool IsContact(Waiting call) => call.Commands.Any(command => command is Command.Report or Command.Create or Command.Claim);

    /// <param name="At">In the clock's timestamps, before the store was asked.</param>
    /// <param name="Heard">The last announcement by then.</param>
    private readonly record struct Contact(long At, long Heard)
    {
        public static Contact Now(GrainServices services) => new(services.Clock.Time.GetTimestamp(), services.Announced.Number);

        public bool IsTrusted(ExecutionId id, GrainServices services) =>
            services.Clock.Time.GetElapsedTime(At) <= RevisionReads.Trust && !services.Announced.IsSince(id, Heard);
    }
}
