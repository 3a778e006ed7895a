namespace ExecutionGrains.Rules;

/// <content>The end of an epoch, commands of operators, and deadlines.</content>
public static partial class ExecutionRules
{
    private static void End(Draft draft, Move move, FinalizationPath path, Cause cause, Outcome? outcome, DateTimeOffset at)
    {
        if (!draft.TryMove(move))
        {
            throw new InvalidOperationException($"The transition {move} is not allowed from {draft.State.Status}.");
        }

        var state = draft.State;
        // An implied start cannot be later than the end. If the start is reported later, StartedAfterEnd sets the times again.
        var started = state.StartReported || state.StartedAt is null ? state.StartedAt : Times.Earlier(state.StartedAt.Value, at);
        var ended = Times.End(started, at, draft.Now);
        draft.State = state with
        {
            StartedAt = started,
            EndedAt = ended,
            TrackerEndedAt = draft.Now,
            Outcome = outcome,
            Path = path,
            Cause = cause,
            LeaseExpiresAt = null,
            StoredLease = null,
            PausedAt = null,
            PausedReason = null,
        };
        CloseSteps(draft, at);
        draft.Add(new Effect.Ended(draft.State.Status, cause, draft.Now, Times.Counted(draft.State.DurationUntil(ended))));
    }

    private static void CloseSteps(Draft draft, DateTimeOffset at)
    {
        if (draft.State.OpenStepCount == 0)
        {
            return;
        }

        var status = draft.State.Status switch
        {
            ExecutionStatus.Lost => StepStatus.Lost,
            ExecutionStatus.Cancelled => StepStatus.Cancelled,
            _ => StepStatus.Incomplete,
        };
        draft.State = draft.State with { OpenStepCount = 0 };
        draft.Add(new Effect.CloseOpenSteps(draft.State.Epoch, status, at, draft.Now));
    }

    private static Decision Cancel(Draft draft, Command.Cancel cancel)
    {
        if (draft.State.IsFinal && draft.State.Status != ExecutionStatus.Cancelled)
        {
            return Draft.Unchanged(draft.State, Result.Rejected, Code.AlreadyFinished);
        }

        if (draft.State.Cancel is not null || draft.State.IsFinal)
        {
            return Draft.Unchanged(draft.State, Result.Duplicate);
        }

        draft.State = draft.State with { Cancel = new CancelRequest(cancel.Reason, cancel.By, draft.Now) };
        draft.Record("operator.cancel", cancel.By, cancel.Reason);
        draft.Add(new Effect.Audit(cancel.By, draft.Now, "cancel", cancel.Reason) { Caller = cancel.Caller });
        if (draft.State.Status is ExecutionStatus.Pending or ExecutionStatus.Paused)
        {
            End(draft, Move.Cancel, FinalizationPath.Cancelled, Cause.CancelConfirmed, null, draft.Now);
        }

        return draft.Answer(Result.Applied);
    }

    private static Decision Resolve(Draft draft, Command.Resolve resolve)
    {
        if (draft.State.Status != ExecutionStatus.Lost)
        {
            return Draft.Unchanged(draft.State, Result.Rejected, Code.NotLost);
        }

        if (draft.State.Resolution is { } earlier)
        {
            draft.Add(new Effect.Figure(FigureKind.Resolution, earlier.Resolution, -1, earlier.At));
        }

        draft.State = draft.State with { Resolution = new Resolved(resolve.Resolution, resolve.Reason, resolve.By, draft.Now) };
        draft.Record("operator.resolve", Result.Applied, facts: RowFacts.Doing(resolve.By, resolve.Reason, resolve.Resolution));
        draft.Add(new Effect.Audit(resolve.By, draft.Now, "resolve", resolve.Reason) { Caller = resolve.Caller });
        draft.Add(new Effect.Figure(FigureKind.Resolution, resolve.Resolution, 1, draft.Now));
        return draft.Answer(Result.Applied);
    }

    private static Decision Requeue(Draft draft, Command.Requeue requeue)
    {
        var state = draft.State;
        var may = state.Status == ExecutionStatus.Lost || (state.IsFinal && state.Attempts < (state.Facts.MaxAttempts ?? 1));
        if (!may)
        {
            return Draft.Unchanged(state, Result.Rejected, Code.NotRequeueable);
        }

        draft.Add(new Effect.Audit(requeue.By, draft.Now, "requeue", requeue.Reason) { Caller = requeue.Caller });
        Again(draft, "operator.requeue", requeue.By, requeue.Reason);
        return draft.Answer(Result.Applied);
    }

    /// <summary>
    /// Decides whether the execution may be deleted; the store removes the rows. A label <see cref="Limits.LegalHoldLabel"/> with any value but <c>false</c>
    /// prevents it.
    /// </summary>
    private static Decision Delete(Draft draft)
    {
        var state = draft.State;
        if (!state.IsFinal)
        {
            return Draft.Unchanged(state, Result.Rejected, Code.NotFinished, "Only a finished execution can be deleted; cancel it first.");
        }

        return state.Facts.Labels?.GetValueOrDefault(Limits.LegalHoldLabel) is { } hold && !hold.Equals("false", StringComparison.OrdinalIgnoreCase)
            ? Draft.Unchanged(state, Result.Rejected, Code.LegalHold, $"The label {Limits.LegalHoldLabel} prevents the deletion.")
            : Draft.Unchanged(state, Result.Applied);
    }

    private static void Again(Draft draft, string type, string by, string? reason)
    {
        var ended = draft.State.Status;
        draft.TryMove(Move.Requeue);
        NextEpoch(draft, ExecutionStatus.Pending, ended);
        draft.Record(type, by, reason);
    }

    private static Decision Judge(Draft draft, Command.Judge judge)
    {
        var asked = judge.AskedAt < draft.Now ? judge.AskedAt.Value : draft.Now;
        if (Deadlines.RunOut(judge.Shared ? Presumed(draft.State) : draft.State, judge.Outages, asked, draft.Settings) is not { } move)
        {
            return Draft.Unchanged(draft.State, Result.Duplicate);
        }

        var state = draft.State;
        return RunOut(
            draft, state.Cancel is not null ? Move.Cancel : move is Move.Lose or Move.ExpireClaim && state.FinalReportRefused ? Move.RefuseReport : move);
    }

    private static Decision RunOut(Draft draft, Move move)
    {
        switch (move)
        {
            case Move.Cancel:
                Conclude(draft, Move.Cancel, FinalizationPath.Cancelled, Cause.CancelUnconfirmed);
                break;
            case Move.ExpireClaim:
                ExpireClaim(draft);
                break;
            case Move.TimeOut:
                Conclude(draft, Move.TimeOut, FinalizationPath.ForceFailed, Cause.Timeout);
                break;
            case Move.RefuseReport:
                Conclude(draft, Move.RefuseReport, FinalizationPath.ForceFailed, Cause.ReportRejected);
                break;
            default:
                Lose(draft);
                break;
        }

        return draft.Answer(Result.Applied);
    }

    private static ExecutionState Presumed(ExecutionState state) =>
        state is { StoredLease: { } stored, LeaseTerm: { } term, LeaseExpiresAt: { } known } && stored + (term / 2) > known
            ? state with { LeaseExpiresAt = stored + (term / 2) }
            : state;

    private static void Lose(Draft draft)
    {
        var cause = draft.State.Status == ExecutionStatus.Claimed ? Cause.LostAfterClaim : Cause.LostAfterStart;
        Conclude(draft, Move.Lose, FinalizationPath.Lost, cause);
        var state = draft.State;
        if (state.Facts.Idempotent == true && state.Attempts < (state.Facts.MaxAttempts ?? 1))
        {
            Again(draft, "tracker.requeue", "policy", "idempotent");
        }
    }

    /// <summary>Ends the execution by a decision of the tracker, at tracker time.</summary>
    private static void Conclude(Draft draft, Move move, FinalizationPath path, Cause cause)
    {
        End(draft, move, path, cause, null, draft.Now);
        draft.Record($"tracker.{draft.State.Status.Word()}", "janitor", cause.Word());
    }

    /// <summary>Closes the epoch of a claim that expired. The execution is pending again in the next epoch.</summary>
    private static void ExpireClaim(Draft draft)
    {
        draft.State = draft.State with { Cause = Cause.ClaimExpired, TrackerEndedAt = draft.Now };
        draft.Add(new Effect.Ended(null, Cause.ClaimExpired, draft.Now, null));
        draft.TryMove(Move.ExpireClaim);
        NextEpoch(draft, ExecutionStatus.Pending, ended: null);
        draft.Record("tracker.claim_expired", "janitor", null);
    }

    /// <summary>
    /// Closes the epoch in the backup and opens one above all epochs that were opened after the backup. A final status stays. A requested cancel ends the
    /// execution, because its worker is fenced off and can no longer confirm it.
    /// </summary>
    private static Decision Fence(Draft draft, Command.Fence fence)
    {
        var state = draft.State;
        if (state.IsFinal || state.Epoch >= fence.Epoch)
        {
            return Draft.Unchanged(state, Result.Duplicate);
        }

        if (state.Cancel is not null)
        {
            return RunOut(draft, Move.Cancel);
        }

        CloseSteps(draft, draft.Now);
        draft.TryMove(Move.Fence);
        if (state.Status == ExecutionStatus.Pending)
        {
            // In the backup this epoch is not claimed, so there is nothing to archive.
            draft.State = draft.State with { Epoch = fence.Epoch, LogCount = 0, ErrorLogCount = 0, LogBytes = 0, LogsFull = false };
        }
        else
        {
            NextEpoch(draft, draft.State.Status, ended: state.Status, fence.Epoch);
        }

        draft.Record("tracker.restored", "restore", null);
        return draft.Answer(Result.Applied);
    }

    /// <summary>Archives the current epoch and opens the next one. The new state keeps only the fields that belong to the whole execution.</summary>
    /// <param name="draft">The draft to change.</param>
    /// <param name="status">The status in the new epoch.</param>
    /// <param name="ended">
    /// The status of the archived epoch: final, or after a restore the live one. Null after an expired claim and after the claim of a paused execution.
    /// </param>
    /// <param name="least">The lowest number that the new epoch may have.</param>
    private static void NextEpoch(Draft draft, ExecutionStatus status, ExecutionStatus? ended, int least = 1)
    {
        var s = draft.State;
        var archived = new EndedEpoch(
            s.Epoch, s.Worker?.WorkerId, s.Worker?.Incarnation, s.ClaimedAt, s.StartedAt, s.EndedAt ?? draft.Now, ended, s.Path, s.Cause,
            s.LastStarted?.Block, s.LastCompleted?.Block, s.Resolution)
        {
            TrackerEndedAt = ended is null ? null : s.TrackerEndedAt ?? draft.Now,
        };
        draft.State = new ExecutionState
        {
            Id = s.Id,
            Namespace = s.Namespace,
            Facts = s.Facts,
            CreateStated = s.CreateStated,
            EventFacts = s.EventFacts,
            CreatedBy = s.CreatedBy,
            CreatedKeyId = s.CreatedKeyId,
            ClaimedKeyId = s.ClaimedKeyId,
            CreatedAt = s.CreatedAt,
            Status = status,
            Path = status == ExecutionStatus.Paused ? FinalizationPath.Paused : null,
            PausedAt = status == ExecutionStatus.Paused ? s.PausedAt : null,
            PausedReason = status == ExecutionStatus.Paused ? s.PausedReason : null,
            StartReported = status == ExecutionStatus.Paused && s.StartReported,
            StartedAt = status == ExecutionStatus.Paused ? s.StartedAt : null,
            TrackerStartedAt = status == ExecutionStatus.Paused ? s.TrackerStartedAt : null,
            Version = s.Version,
            Revision = s.Revision,
            Epoch = Math.Max(s.Epoch + 1, Math.Max(least, draft.Settings.EpochMin)),
            Attempts = s.Attempts,
            LastContactAt = s.LastContactAt,
            StepSequence = s.StepSequence,
            HistorySequence = s.HistorySequence,
            LateCount = s.LateCount,
            EvidenceCount = s.EvidenceCount,
            RejectedCount = s.RejectedCount,
            RejectionCount = s.RejectionCount,
            Epochs = [.. s.Epochs.Skip(Math.Max(0, s.Epochs.Count + 1 - Limits.Epochs)), archived],
        };
    }
}
