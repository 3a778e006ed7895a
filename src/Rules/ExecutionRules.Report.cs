namespace ExecutionGrains.Rules;

/// <content>What an event does.</content>
public static partial class ExecutionRules
{
    private static Decision Report(Draft draft, Prior prior, Command.Report report, string? failure)
    {
        if (report.Event is ExecutionEvent.Unreadable unreadable)
        {
            return Reject(draft, prior, report, unreadable.Code, unreadable.Message);
        }

        if (prior.Event is { } known)
        {
            return Same(known.Hash, report.Hash)
                ? Repeated(draft, report)
                : Reject(draft, prior, report, Code.Conflict, "Another event has this id; the first stands.");
        }

        if (report.Epoch != draft.State.Epoch || IsFenced(report, draft.State))
        {
            return IsFenced(report, draft.State)
                ? Reject(draft, prior, report, Code.StaleEpoch, $"The execution is in epoch {draft.State.Epoch}.")
                : Reject(draft, prior, report, Code.InvalidTransition, $"The execution is in epoch {draft.State.Epoch}; epoch {report.Epoch} does not exist yet.");
        }

        if (draft.State.IsFinal)
        {
            return Late(draft, prior, report);
        }

        // A heartbeat leaves no row: what a call asks for beside it is not on record and does not count.
        var said = draft.State.Facts;
        var asks = report is { Trace: true, Event: not ExecutionEvent.Heartbeat } && Fill(draft, new ExecutionFacts { ExplicitTrace = true });
        var decision = Live(draft, prior, report, failure);
        return asks && decision.Result != Result.Applied ? decision with { State = decision.State! with { Facts = said } } : decision;
    }

    private static Decision Live(Draft draft, Prior prior, Command.Report report, string? failure) =>
        report.Event switch
        {
            ExecutionEvent.ExecutionStarted e => Started(draft, prior, report, e),
            ExecutionEvent.ExecutionPaused => Pause(draft, report),
            ExecutionEvent.ExecutionResumed => Resume(draft, report),
            ExecutionEvent.ExecutionCompleted e => Completed(draft, prior, report, e, failure),
            ExecutionEvent.StepStarted e => StepStarted(draft, prior, report, e),
            ExecutionEvent.StepCompleted e => StepCompleted(draft, prior, report, e),
            ExecutionEvent.Log e => Logged(draft, report, e),
            ExecutionEvent.Heartbeat e => Beat(draft, e),
            _ => throw new ArgumentOutOfRangeException(nameof(report)),
        };

    /// <summary>Whether a report speaks for an epoch that is over: by what it says, or by the token that it came with.</summary>
    public static bool IsFenced(Command.Report report, ExecutionState state) => report.Epoch < state.Epoch || report.TokenEpoch < state.Epoch;

    /// <summary>Nothing changes; it still counts as a sign of life of the current epoch.</summary>
    private static Decision Repeated(Draft draft, Command.Report report)
    {
        if (report.Epoch == draft.State.Epoch && !IsFenced(report, draft.State) && !draft.State.IsFinal)
        {
            draft.Contact();
        }

        return draft.Answer(Result.Duplicate);
    }

    private static Decision Reject(Draft draft, Prior prior, Command.Report report, Code code, string message)
    {
        var id = report.Event.EventId;
        var final = report.Event is ExecutionEvent.ExecutionCompleted || report.Event.Type == "execution.completed";
        if (final && report.Epoch == draft.State.Epoch && !draft.State.IsFinal && !draft.State.FinalReportRefused)
        {
            draft.State = draft.State with { FinalReportRefused = true };
        }

        if (report.Event is ExecutionEvent.Heartbeat)
        {
            return draft.Answer(Result.Rejected, code, message);
        }

        var onRecord = prior.RejectedAs.Contains(code);
        if (!onRecord && draft.State.RejectionCount < Limits.Rejections)
        {
            draft.State = draft.State with { RejectionCount = draft.State.RejectionCount + 1 };
            draft.Record(report.Event.Type, Result.Rejected, report.Event.At, id, code: code);
            onRecord = true;
        }

        draft.State = draft.State with { RejectedCount = draft.State.RejectedCount + 1 };
        draft.Store();
        if (onRecord)
        {
            draft.Add(new Effect.Rejection(code, id ?? string.Empty, report.Event.Type, Payload.Cut(message, 512), draft.Now));
        }

        return draft.Answer(Result.Rejected, code, message);
    }

    private static Decision Started(Draft draft, Prior prior, Command.Report report, ExecutionEvent.ExecutionStarted e)
    {
        if (e.Worker is { } worker && draft.State.Worker is not null && !HeldBy(draft.State, worker))
        {
            return Reject(draft, prior, report, Code.StaleEpoch, "Another worker or incarnation holds the claim.");
        }

        if (Contradiction(draft.State, e.Facts) is { } field)
        {
            return Reject(draft, prior, report, Code.Conflict, $"Somebody already said another {field}.");
        }

        if (FactsRules.Overfull(draft.State.Facts.Or(e.Facts)) is { } limit)
        {
            return Reject(draft, prior, report, Code.LimitExceeded, limit);
        }

        var before = draft.State;
        Fill(draft, e.Facts);
        if (e.Worker is { } claimer)
        {
            TakeClaim(draft, claimer);
        }

        Start(draft, e.At, reported: true);
        draft.Contact();
        if (before.StartReported && draft.State.Worker == before.Worker && ReferenceEquals(draft.State.Facts, before.Facts))
        {
            return draft.Answer(Result.Duplicate);
        }

        draft.Record(report, Result.Applied);
        return draft.Answer(Result.Applied);
    }

    /// <summary>A pause that its resume has overtaken is on record and changes nothing; a pause under a cancel is the cancel's end.</summary>
    private static Decision Pause(Draft draft, Command.Report report)
    {
        var at = report.Event.At ?? draft.Now;
        draft.Contact();
        if (draft.State.Status == ExecutionStatus.Paused)
        {
            return draft.Answer(Result.Duplicate);
        }

        draft.Record(report, Result.Applied);
        if (draft.State.ResumedAt is { } resumed && at < resumed)
        {
            return draft.Answer(Result.Applied);
        }

        if (draft.State.Cancel is not null)
        {
            End(draft, Move.Cancel, FinalizationPath.Cancelled, Cause.CancelConfirmed, null, draft.Now);
            return draft.Answer(Result.Applied);
        }

        Start(draft, null, reported: false);
        draft.TryMove(Move.Pause);
        draft.State = draft.State with { PausedAt = draft.Now, Path = FinalizationPath.Paused, LeaseExpiresAt = null, StoredLease = null };
        return draft.Answer(Result.Applied);
    }

    private static Decision Resume(Draft draft, Command.Report report)
    {
        Start(draft, null, reported: false);
        if (draft.TryMove(Move.Resume))
        {
            draft.State = draft.State with { TimeoutFrom = draft.Now };
        }

        draft.State = draft.State with { PausedAt = null, Path = null, ResumedAt = Later(draft.State.ResumedAt, report.Event.At ?? draft.Now) };
        draft.Contact();
        draft.Record(report, Result.Applied);
        return draft.Answer(Result.Applied);
    }

    private static Decision Completed(Draft draft, Prior prior, Command.Report report, ExecutionEvent.ExecutionCompleted e, string? failure)
    {
        if (e.Facts.Namespace is { } wanted && wanted != draft.State.Namespace)
        {
            return Reject(draft, prior, report, Code.Conflict, "The namespace of an execution never changes.");
        }

        var facts = e.Facts.Or(draft.State.Facts);
        if (FactsRules.Overfull(facts) is { } limit)
        {
            return Reject(draft, prior, report, Code.LimitExceeded, limit);
        }

        Adopt(draft, facts);
        draft.Contact();
        draft.State = draft.State with
        {
            TotalCost = e.Cost ?? draft.State.TotalCost,
            TraceSpanCount = e.TraceSpanCount ?? draft.State.TraceSpanCount,
            Worker = draft.State.Worker ?? (e.WorkerId is { } id ? new Worker(id, null) : null),
            CompletionFailure = failure,
            Attempts = draft.State.Attempts + (draft.State.Status is ExecutionStatus.Pending or ExecutionStatus.Claimed ? 1 : 0),
        };
        var cancelled = e.Outcome == Outcome.Cancel || (draft.State.Cancel is not null && e.Outcome != Outcome.Success);
        var move = cancelled ? Move.Cancel : MoveOf(e.Outcome);
        var path = failure is not null ? FinalizationPath.FallbackCompleted
            : cancelled ? FinalizationPath.Cancelled
            : e.Outcome == Outcome.Success ? FinalizationPath.Completed
            : FinalizationPath.ForceFailed;
        draft.Record(report, Result.Applied, failure: failure);
        End(draft, move, path, cancelled ? Cause.CancelConfirmed : Cause.Reported, e.Outcome, e.At ?? draft.Now);
        if (failure is null && (e.Output is not null || e.Error is not null))
        {
            draft.Add(new Effect.FinalPayload(draft.State.Epoch, Payload.Cut(e.Output, Limits.FinalPayload), Payload.Cut(e.Error, Limits.FinalPayload)));
        }

        return draft.Answer(Result.Applied);
    }

    private static Move MoveOf(Outcome outcome) => outcome switch
    {
        Outcome.Success => Move.Succeed,
        Outcome.Fail => Move.Fail,
        Outcome.Crash => Move.Crash,
        Outcome.Kill => Move.Kill,
        Outcome.Exception => Move.Except,
        Outcome.Cancel => Move.Cancel,
        _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
    };

    private static Decision Logged(Draft draft, Command.Report report, ExecutionEvent.Log e)
    {
        draft.Contact();
        draft.Record(report, Result.Applied);
        draft.State = draft.State with
        {
            LogCount = draft.State.LogCount + 1,
            ErrorLogCount = draft.State.ErrorLogCount + (e.Level == LogLevel.Error ? 1 : 0),
        };
        draft.Add(new Effect.Log(
            draft.State.HistorySequence, e.EventId!, e.At ?? draft.Now, draft.Now, draft.State.Epoch, e.Level, e.Source, e.StepId, Payload.Cut(e.Message, Limits.LogMessage)));
        return draft.Answer(Result.Applied);
    }

    /// <summary>Next to no writes: a heartbeat changes memory, and the row only when the stored lease runs low.</summary>
    private static Decision Beat(Draft draft, ExecutionEvent.Heartbeat e)
    {
        draft.Contact();
        if (e.Progress is { } progress)
        {
            draft.State = draft.State with { Progress = progress };
        }

        return draft.Answer(Result.Applied);
    }

    /// <summary>After the end: evidence, except what only fills in how it came to it.</summary>
    private static Decision Late(Draft draft, Prior prior, Command.Report report)
    {
        switch (report.Event)
        {
            case ExecutionEvent.Heartbeat:
                return draft.Answer(Result.Late, Code.AlreadyFinished);
            case ExecutionEvent.ExecutionStarted e when !draft.State.StartReported:
                return StartedAfterEnd(draft, prior, report, e);
            case ExecutionEvent.StepStarted e when prior.Step is { StartHash: null, EndHash: not null }:
                return StepStarted(draft, prior, report, e);
            case ExecutionEvent.StepCompleted e when prior.Step is { Status: StepStatus.Incomplete }:
                return StepCompleted(draft, prior, report, e);
        }

        var firstOfLost = draft.State is { Status: ExecutionStatus.Lost, EpochLateCount: 0 };
        draft.State = draft.State with { LateCount = draft.State.LateCount + 1, EpochLateCount = draft.State.EpochLateCount + 1 };
        if (draft.State.EvidenceCount < Limits.Evidence)
        {
            draft.State = draft.State with { EvidenceCount = draft.State.EvidenceCount + 1 };
            draft.Record(report, Result.Late, Code.AlreadyFinished);
            draft.Add(new Effect.Evidence(
                draft.State.EvidenceCount, report.Event.EventId!, report.Event.Type, report.Event.At ?? draft.Now, draft.Now, EvidenceOf(draft.State, report.Event)));
        }
        else
        {
            draft.State = draft.State with { Version = draft.State.Version + 1 };
            draft.Store();
        }

        if (firstOfLost)
        {
            draft.Add(new Effect.Figure(FigureKind.LateAfterLost, null, 1, draft.Now));
        }

        return draft.Answer(Result.Late, Code.AlreadyFinished);
    }

    private static Decision StartedAfterEnd(Draft draft, Prior prior, Command.Report report, ExecutionEvent.ExecutionStarted e)
    {
        if (Contradiction(draft.State, e.Facts) is { } field)
        {
            return Reject(draft, prior, report, Code.Conflict, $"Somebody already said another {field}.");
        }

        if (FactsRules.Overfull(draft.State.Facts.Or(e.Facts)) is { } limit)
        {
            return Reject(draft, prior, report, Code.LimitExceeded, limit);
        }

        Fill(draft, e.Facts);
        var started = e.At ?? draft.State.StartedAt ?? Times.Earlier(draft.Now, draft.State.EndedAt);
        draft.State = draft.State with
        {
            StartReported = true,
            StartedAt = started,
            TrackerStartedAt = draft.State.TrackerStartedAt ?? draft.Now,
            EndedAt = draft.State.EndedAt is { } ended ? Times.End(started, ended, draft.State.TrackerEndedAt ?? draft.Now) : null,
            Worker = draft.State.Worker ?? e.Worker,
        };
        draft.Record(report, Result.Applied);
        return draft.Answer(Result.Applied);
    }

    /// <summary>The event as JSON, cut; step input and output only where the execution asked for a trace.</summary>
    private static byte[] EvidenceOf(ExecutionState state, ExecutionEvent @event)
    {
        var kept = state.IsTraced ? @event : @event switch
        {
            ExecutionEvent.StepStarted e => e with { Input = null },
            ExecutionEvent.StepCompleted e => e with { Input = null, Output = null },
            _ => @event,
        };
        return Payload.Cut(Draft.Json(buffer => CanonicalForm.Write(kept, buffer, payloads: true)), Limits.TracePayload)!;
    }

    private static bool Same(byte[]? one, byte[]? other) => one is not null && other is not null && one.AsSpan().SequenceEqual(other);
}
