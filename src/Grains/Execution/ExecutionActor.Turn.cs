using ExecutionGrains.Rules;
using ExecutionGrains.Storage;
using ExecutionGrains.Storage.Commits;

namespace ExecutionGrains.Grains;

/// <content>One turn: load, decide, append, adopt the new state, answer. Turns of one execution never overlap.</content>
public sealed partial class ExecutionActor
{
    /// <summary>
    /// Maximum number of rounds in one turn; then callers are told to retry. Each further round follows a conflicting write, or an append with ids that were
    /// not new.
    /// </summary>
    private const int RoundsMax = 16;

    private readonly Dictionary<StepKey, StepRow> _open = [];
    private ExecutionState? _state;
    private bool _loaded;

    /// <summary>When the state in memory was last known to equal the stored one.</summary>
    private Contact _contact;

    /// <summary>Last worker contact that could not be stored; treated as an outage of this execution. Null once a later contact was stored.</summary>
    private DateTimeOffset? _refusedAt;

    /// <summary>Handles an exception from the store or from our own code: callers are told to retry, and the next turn loads the state again.</summary>
    private void Fail(List<PendingCall> calls, Exception e)
    {
        _loaded = false;
        services.Log.TurnFailed(id, e.Message, e is StoreException ? null : e);
        Refuse(calls, Code.StoreUnavailable);
    }

    /// <returns>True if later calls may be decided. False if these callers must retry first; deciding later calls would break the order.</returns>
    private async Task<bool> TakeTurnAsync(List<PendingCall> calls, string? reduce)
    {
        KnownRows? found = null;
        for (var round = 0; round < RoundsMax; round++)
        {
            await LoadAsync();
            var draft = Draft(calls, found, reduce);
            if (!draft.MustStore)
            {
                if (await IsOutdatedAsync())
                {
                    _loaded = false;
                    found = null;
                    continue;
                }

                Adopt(draft);
                services.Metrics.Count(calls, draft.Effects);
                Complete(calls);
                return true;
            }

            var asked = Contact.Now(services);
            var outcome = await queue.SubmitAsync(draft.Append!);
            _contact = outcome is AppendOutcome.Committed ? asked : _contact;
            switch (outcome is AppendOutcome.Unavailable { Uncertain: true } ? await ReadBackAsync(draft, outcome) : outcome)
            {
                case AppendOutcome.Committed:
                    Adopt(draft);
                    services.Metrics.Count(calls, draft.Effects);
                    Complete(calls);
                    return true;
                case AppendOutcome.IdsTaken rows:
                    (found ??= new KnownRows(_open)).Learn(rows);
                    break;
                case AppendOutcome.VersionMismatch:
                    _loaded = false;
                    found = null;
                    break;
                case AppendOutcome.Forgotten:
                    RefuseForgotten(calls);
                    return true;
                case AppendOutcome.Overloaded:
                    Refuse(calls, Code.Overloaded);
                    return false;
                default:
                    return await FallBackAsync(calls, outcome, reduce);
            }
        }

        Refuse(calls, Code.Overloaded);
        return false;
    }

    /// <summary>
    /// Checks in the store whether an append with an unknown outcome was committed. Returns the original outcome if that does not confirm it.
    /// </summary>
    private async Task<AppendOutcome> ReadBackAsync(AppendDraft draft, AppendOutcome outcome)
    {
        if (draft.FirstHistory is not { } first)
        {
            return outcome;
        }

        _loaded = false;
        return await store.WasCommittedAsync(draft.State!, first, draft.Append!.CommitId, CancellationToken.None) ? AppendOutcome.Committed.Instance : outcome;
    }

    /// <summary>
    /// Ensures that the end of an execution is written even if the store refuses the full append. First each call is tried on its own, so that one refused call
    /// does not fail the others. Then a call with the final event is tried without payloads. An unavailable store has refused nothing: callers retry in full.
    /// </summary>
    /// <inheritdoc cref="TakeTurnAsync"/>
    private async Task<bool> FallBackAsync(List<PendingCall> calls, AppendOutcome outcome, string? reduced)
    {
        if (outcome is not AppendOutcome.Refused { Reason: var reason })
        {
            services.Log.AppendFailed(id, outcome is AppendOutcome.Unavailable away ? away.Reason : outcome.GetType().Name);
            Refuse(calls, Code.StoreUnavailable);
            return false;
        }

        if (calls.Count > 1)
        {
            return await TakeApartAsync(calls, reduced);
        }

        if (reduced is null && calls[0].Commands.Any(x => x is Command.ApplyEvent { Event: ExecutionEvent.ExecutionCompleted }))
        {
            return await TakeTurnAsync(calls, reason);
        }

        services.Log.AppendFailed(id, reason);
        Refuse(calls, Code.StoreUnavailable);
        // The store would refuse this append again, so later calls need not wait for it.
        return true;
    }

    /// <summary>Takes the calls one by one, in order: if a final event overtook earlier progress, that progress would be answered "late".</summary>
    private async Task<bool> TakeApartAsync(List<PendingCall> calls, string? reduced)
    {
        for (var i = 0; i < calls.Count; i++)
        {
            if (!await TakeTurnAsync([calls[i]], reduced))
            {
                Refuse(calls[(i + 1)..], Code.StoreUnavailable);
                return false;
            }
        }

        return true;
    }

    private async Task LoadAsync()
    {
        if (_loaded)
        {
            return;
        }

        _open.Clear();
        _contact = Contact.Now(services);
        _state = await store.LoadAsync(id, CancellationToken.None) is { } stored ? Deadlines.WithUnstoredExtension(stored) : null;
        _loaded = true;
    }

    /// <summary>
    /// Whether another silo has written this execution since it was loaded. Writes are guarded by the revision, but answers from memory are not. With a shared
    /// store, memory is trusted for 2 s after the last contact with the store, unless another silo announces a change. After that the stored revision is
    /// compared, so that a cancelled or fenced worker is told.
    /// </summary>
    private async Task<bool> IsOutdatedAsync()
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

    private AppendDraft Draft(List<PendingCall> calls, KnownRows? found, string? reduce)
    {
        var draft = new AppendDraft(_state, new KnownRows(_open, found));
        var now = services.Clock.Now;
        foreach (var call in calls)
        {
            Decide(draft, call, now, reduce);
        }

        draft.Close(services.Settings, services.Hasher);
        return draft;
    }

    private void Decide(AppendDraft draft, PendingCall call, DateTimeOffset now, string? reduce)
    {
        (call.Refused, call.After, call.DecidedCount) = (null, null, 0);
        call.Created = draft.State is null;
        call.StatusBefore = draft.State?.Status ?? ExecutionStatus.Pending;
        if (draft.State is { } known && Refusal(known, call) is { } refusal)
        {
            call.Refused = refusal;
            return;
        }

        for (var i = 0; i < call.Commands.Length; i++)
        {
            var command = call.Commands[i];
            var asked = command switch
            {
                Command.ApplyEvent { Event: ExecutionEvent.ExecutionCompleted end } r when reduce is not null =>
                    new Command.CompleteWithoutPayloads(end, r.Epoch, r.Hash!, r.By, r.Namespace, reduce),
                Command.CheckDeadlines judge when _refusedAt is { } at => judge with { Outages = [.. judge.Outages, new Outage(DateTimeOffset.MinValue, at)] },
                _ => command,
            };
            var decision = ExecutionRules.Decide(id, draft.State, draft.Known.Of(command), asked, now, services.Settings);
            if (decision.State is not { } next || !call.Caller.Sees(next.Namespace))
            {
                call.Refused = decision.State is null ? decision.Code : Code.Forbidden;
                return;
            }

            call.Verdicts[i] = Verdict.Of(decision);
            call.DecidedCount++;
            draft.Add(command, decision);
        }

        call.After = draft.State;
    }

    /// <summary>
    /// Why the caller may not use an existing execution; null if it may. If the caller cannot see the namespace, a create or report learns only that the id
    /// is taken. For every other call the execution does not exist.
    /// </summary>
    private static Code? Refusal(ExecutionState state, PendingCall call)
    {
        var caller = call.Caller;
        if (!caller.Sees(state.Namespace))
        {
            return call.IsReport || call.Commands is [Command.Create] ? Code.IdTaken : Code.UnknownExecution;
        }

        if (!caller.OwnOnly)
        {
            return null;
        }

        if (call.Commands is [Command.Claim] or [Command.Create])
        {
            // A key cannot take over another key's claim by naming the same worker: every reader of the execution knows the worker's name.
            var isHeld = state.Status is ExecutionStatus.Claimed or ExecutionStatus.Running && state.ClaimedKeyId is not null;
            return isHeld && state.ClaimedKeyId != caller.KeyId && call.Commands is not [Command.Create { Start: null }] ? Code.AlreadyClaimed : null;
        }

        return caller.KeyId != state.ClaimedKeyId && caller.KeyId != state.CreatedKeyId ? Code.Forbidden : null;
    }

    private void Adopt(AppendDraft draft)
    {
        _state = draft.State;
        foreach (var effect in draft.Effects)
        {
            switch (effect)
            {
                case Effect.Step { Row: { IsOpen: true } row }
                    when _open.Count < services.OpenStepsRememberedMax || _open.ContainsKey(new(row.Epoch, row.StepId)):
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

    private void Complete(List<PendingCall> calls)
    {
        foreach (var call in calls)
        {
            call.Complete(_state);
            _refusedAt = call.Refused is null && IsContact(call) ? null : _refusedAt;
        }
    }

    private void Refuse(List<PendingCall> calls, Code code)
    {
        foreach (var call in calls)
        {
            call.Refuse(_state, code);
            _refusedAt = IsContact(call) ? services.Clock.Now : _refusedAt;
        }
    }

    private static bool IsContact(PendingCall call) => call.Commands.Any(command => command is Command.ApplyEvent or Command.Create or Command.Claim);

    /// <param name="At">Timestamp of the clock's TimeProvider, taken before the store was called.</param>
    /// <param name="Heard">Number of the last announcement received by then.</param>
    private readonly record struct Contact(long At, long Heard)
    {
        public static Contact Now(GrainServices services) => new(services.Clock.Time.GetTimestamp(), services.RemoteChanges.Number);

        public bool IsTrusted(ExecutionId id, GrainServices services) =>
            services.Clock.Time.GetElapsedTime(At) <= RevisionReads.Trust && !services.RemoteChanges.IsSince(id, Heard);
    }
}
