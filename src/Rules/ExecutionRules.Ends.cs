namespace ExecutionGrains.Rules;

/// <content>The end of an epoch, commands of operators, and deadlines.</content>
public static partial class ExecutionRules
{
    private static void End(DecisionBuilder builder, Move move, FinalizationPath path, Cause cause, Outcome? outcome, DateTimeOffset at)
    {
        if (!builder.TryMove(move))
        {
            throw new InvalidOperationException($"The transition {move} is not allowed from {builder.State.Status}.");
        }

        var state = builder.State;
        // An implied start cannot be later than the end. If the start is reported later, StartedAfterEnd sets the times again.
        var started = state.StartReported || state.StartedAt is null ? state.StartedAt : TimeRules.Earlier(state.StartedAt.Value, at);
        var ended = TimeRules.End(started, at, builder.Now);
        builder.State = state with
        {
            StartedAt = started,
            EndedAt = ended,
            TrackerEndedAt = builder.Now,
            Outcome = outcome,
            Path = path,
            Cause = cause,
            LeaseExpiresAt = null,
            StoredLease = null,
            PausedAt = null,
            PausedReason = null,
        };
        CloseSteps(builder, at);
        builder.Add(new Effect.CountEndedEpoch(builder.State.Status, cause, builder.Now, TimeRules.ForStatistics(builder.State.DurationUntil(ended))));
    }

    private static void CloseSteps(DecisionBuilder builder, DateTimeOffset at)
    {
        if (builder.State.OpenStepCount == 0)
        {
            return;
        }

        var status = builder.State.Status switch
        {
            ExecutionStatus.Lost => StepStatus.Lost,
            ExecutionStatus.Cancelled => StepStatus.Cancelled,
            _ => StepStatus.Incomplete,
        };
        builder.State = builder.State with { OpenStepCount = 0 };
        builder.Add(new Effect.CloseOpenSteps(builder.State.Epoch, status, at, builder.Now));
    }

    private static Decision Cancel(DecisionBuilder builder, Command.Cancel cancel)
    {
        if (builder.State.IsFinal && builder.State.Status != ExecutionStatus.Cancelled)
        {
            return DecisionBuilder.Unchanged(builder.State, Result.Rejected, Code.AlreadyFinished);
        }

        if (builder.State.Cancel is not null || builder.State.IsFinal)
        {
            return DecisionBuilder.Unchanged(builder.State, Result.Duplicate);
        }

        builder.State = builder.State with { Cancel = new CancelRequest(cancel.Reason, cancel.By, builder.Now) };
        builder.Record("operator.cancel", cancel.By, cancel.Reason);
        builder.Add(new Effect.Audit(cancel.By, builder.Now, "cancel", cancel.Reason) { Caller = cancel.Caller });
        if (builder.State.Status is ExecutionStatus.Pending or ExecutionStatus.Paused)
        {
            End(builder, Move.Cancel, FinalizationPath.Cancelled, Cause.CancelConfirmed, null, builder.Now);
        }

        return builder.Answer(Result.Applied);
    }

    private static Decision Resolve(DecisionBuilder builder, Command.Resolve resolve)
    {
        if (builder.State.Status != ExecutionStatus.Lost)
        {
            return DecisionBuilder.Unchanged(builder.State, Result.Rejected, Code.NotLost);
        }

        if (builder.State.Resolution is { } earlier)
        {
            builder.Add(new Effect.ChangeStatistic(FigureKind.Resolution, earlier.Resolution, -1, earlier.At));
        }

        builder.State = builder.State with { Resolution = new ResolutionRecord(resolve.Resolution, resolve.Reason, resolve.By, builder.Now) };
        builder.Record("operator.resolve", Result.Applied, facts: HistoryRowJson.Action(resolve.By, resolve.Reason, resolve.Resolution));
        builder.Add(new Effect.Audit(resolve.By, builder.Now, "resolve", resolve.Reason) { Caller = resolve.Caller });
        builder.Add(new Effect.ChangeStatistic(FigureKind.Resolution, resolve.Resolution, 1, builder.Now));
        return builder.Answer(Result.Applied);
    }

    private static Decision Requeue(DecisionBuilder builder, Command.Requeue requeue)
    {
        var state = builder.State;
        var may = state.Status == ExecutionStatus.Lost || (state.IsFinal && state.Attempts < (state.Facts.MaxAttempts ?? 1));
        if (!may)
        {
            return DecisionBuilder.Unchanged(state, Result.Rejected, Code.NotRequeueable);
        }

        builder.Add(new Effect.Audit(requeue.By, builder.Now, "requeue", requeue.Reason) { Caller = requeue.Caller });
        OpenRequeuedEpoch(builder, "operator.requeue", requeue.By, requeue.Reason);
        return builder.Answer(Result.Applied);
    }

    /// <summary>
    /// Decides whether the execution may be deleted; the store removes the rows. A label <see cref="Limits.LegalHoldLabel"/> with any value but <c>false</c>
    /// prevents it.
    /// </summary>
    private static Decision Delete(DecisionBuilder builder)
    {
        var state = builder.State;
        if (!state.IsFinal)
        {
            return DecisionBuilder.Unchanged(state, Result.Rejected, Code.NotFinished, "Only a finished execution can be deleted; cancel it first.");
        }

        return state.Facts.Labels?.GetValueOrDefault(Limits.LegalHoldLabel) is { } hold && !hold.Equals("false", StringComparison.OrdinalIgnoreCase)
            ? DecisionBuilder.Unchanged(state, Result.Rejected, Code.LegalHold, $"The label {Limits.LegalHoldLabel} prevents the deletion.")
            : DecisionBuilder.Unchanged(state, Result.Applied);
    }

    private static void OpenRequeuedEpoch(DecisionBuilder builder, string type, string by, string? reason)
    {
        var ended = builder.State.Status;
        builder.TryMove(Move.Requeue);
        NextEpoch(builder, ExecutionStatus.Pending, ended);
        builder.Record(type, by, reason);
    }

    private static Decision CheckDeadlines(DecisionBuilder builder, Command.CheckDeadlines check)
    {
        var upTo = check.DeadlinesUpTo < builder.Now ? check.DeadlinesUpTo.Value : builder.Now;
        var state = builder.State;
        var judged = check.IsStoreShared ? WithLatestPossibleLease(state) : state;
        if (Deadlines.FirstExpired(judged, check.Outages, upTo, builder.Settings) is not { } move)
        {
            return DecisionBuilder.Unchanged(state, Result.Duplicate);
        }

        return ApplyDeadline(
            builder, state.Cancel is not null ? Move.Cancel : move is Move.Lose or Move.ExpireClaim && state.FinalReportRefused ? Move.RefuseReport : move);
    }

    private static Decision ApplyDeadline(DecisionBuilder builder, Move move)
    {
        switch (move)
        {
            case Move.Cancel:
                EndByTracker(builder, Move.Cancel, FinalizationPath.Cancelled, Cause.CancelUnconfirmed);
                break;
            case Move.ExpireClaim:
                ExpireClaim(builder);
                break;
            case Move.TimeOut:
                EndByTracker(builder, Move.TimeOut, FinalizationPath.ForceFailed, Cause.Timeout);
                break;
            case Move.RefuseReport:
                EndByTracker(builder, Move.RefuseReport, FinalizationPath.ForceFailed, Cause.ReportRejected);
                break;
            default:
                Lose(builder);
                break;
        }

        return builder.Answer(Result.Applied);
    }

    private static ExecutionState WithLatestPossibleLease(ExecutionState state) =>
        state is { StoredLease: { } stored, LeaseTerm: { } term, LeaseExpiresAt: { } known } && stored + (term / 2) > known
            ? state with { LeaseExpiresAt = stored + (term / 2) }
            : state;

    private static void Lose(DecisionBuilder builder)
    {
        var cause = builder.State.Status == ExecutionStatus.Claimed ? Cause.LostAfterClaim : Cause.LostAfterStart;
        EndByTracker(builder, Move.Lose, FinalizationPath.Lost, cause);
        var state = builder.State;
        if (state.Facts.Idempotent == true && state.Attempts < (state.Facts.MaxAttempts ?? 1))
        {
            OpenRequeuedEpoch(builder, "tracker.requeue", "policy", "idempotent");
        }
    }

    /// <summary>Ends the execution by a decision of the tracker, at tracker time.</summary>
    private static void EndByTracker(DecisionBuilder builder, Move move, FinalizationPath path, Cause cause)
    {
        End(builder, move, path, cause, null, builder.Now);
        builder.Record($"tracker.{builder.State.Status.Word()}", "janitor", cause.Word());
    }

    /// <summary>Closes the epoch of a claim that expired. The execution is pending again in the next epoch.</summary>
    private static void ExpireClaim(DecisionBuilder builder)
    {
        builder.State = builder.State with { Cause = Cause.ClaimExpired, TrackerEndedAt = builder.Now };
        builder.Add(new Effect.CountEndedEpoch(null, Cause.ClaimExpired, builder.Now, null));
        builder.TryMove(Move.ExpireClaim);
        NextEpoch(builder, ExecutionStatus.Pending, ended: null);
        builder.Record("tracker.claim_expired", "janitor", null);
    }

    /// <summary>
    /// Closes the epoch in the backup and opens one above all epochs that were opened after the backup. A final status stays. A requested cancel ends the
    /// execution, because its worker is fenced off and can no longer confirm it.
    /// </summary>
    private static Decision Fence(DecisionBuilder builder, Command.Fence fence)
    {
        var state = builder.State;
        if (state.IsFinal || state.Epoch >= fence.Epoch)
        {
            return DecisionBuilder.Unchanged(state, Result.Duplicate);
        }

        if (state.Cancel is not null)
        {
            return ApplyDeadline(builder, Move.Cancel);
        }

        CloseSteps(builder, builder.Now);
        builder.TryMove(Move.Fence);
        if (state.Status == ExecutionStatus.Pending)
        {
            // In the backup this epoch is not claimed, so there is nothing to archive.
            builder.State = builder.State with { Epoch = fence.Epoch, LogCount = 0, ErrorLogCount = 0, LogBytes = 0, LogsFull = false };
        }
        else
        {
            NextEpoch(builder, builder.State.Status, ended: state.Status, fence.Epoch);
        }

        builder.Record("tracker.restored", "restore", null);
        return builder.Answer(Result.Applied);
    }

    /// <summary>Archives the current epoch and opens the next one. The new state keeps only the fields that belong to the whole execution.</summary>
    /// <param name="builder">The builder to change.</param>
    /// <param name="status">The status in the new epoch.</param>
    /// <param name="ended">
    /// The status of the archived epoch: final, or after a restore the live one. Null after an expired claim and after the claim of a paused execution.
    /// </param>
    /// <param name="least">The lowest number that the new epoch may have.</param>
    private static void NextEpoch(DecisionBuilder builder, ExecutionStatus status, ExecutionStatus? ended, int least = 1)
    {
        var s = builder.State;
        var archived = new EndedEpoch(
            s.Epoch, s.Worker?.WorkerId, s.Worker?.Incarnation, s.ClaimedAt, s.StartedAt, s.EndedAt ?? builder.Now, ended, s.Path, s.Cause,
            s.LastStarted?.Block, s.LastCompleted?.Block, s.Resolution)
        {
            TrackerEndedAt = ended is null ? null : s.TrackerEndedAt ?? builder.Now,
        };
        builder.State = new ExecutionState
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
            Epoch = Math.Max(s.Epoch + 1, Math.Max(least, builder.Settings.EpochMin)),
            Attempts = s.Attempts,
            LastContactAt = s.LastContactAt,
            StepSequence = s.StepSequence,
            HistorySequence = s.HistorySequence,
            LateCount = s.LateCount,
            EvidenceCount = s.EvidenceCount,
            RejectedCount = s.RejectedCount,
            RejectionCount = s.RejectionCount,
            Epochs = [.. s.Epochs.Skip(Math.Max(0, s.Epochs.Count + 1 - Limits.EpochCountMax)), archived],
        };
    }
}
