using System.Text;

namespace ExecutionGrains.Rules;

/// <content>The events of a report.</content>
public static partial class ExecutionRules
{
    private const string LogType = "log";
    private const string LinesMax = "An epoch may have at most 100,000 log lines and 64 MiB of log text.";
    private const string LinesRefused = "Further log lines of this epoch are refused: it has reached 100,000 lines or 64 MiB of log text.";

    private static Decision Report(Draft draft, Prior prior, Command.Report report, string? failure)
    {
        if (prior.Event is { } known && Same(known.Hash, report.Hash))
        {
            return Repeated(draft, report);
        }

        if (IsFenced(report, draft.State))
        {
            return Reject(draft, prior, report, Code.StaleEpoch, $"The execution is in epoch {draft.State.Epoch}.");
        }

        // Checked before the content of the event: a rejection for its content would count as a sign of life of the worker that holds the claim.
        if (report.Epoch == draft.State.Epoch && report.Event is ExecutionEvent.ExecutionStarted { Worker: { } worker }
            && draft.State.Worker is not null && !IsHolder(draft.State, worker))
        {
            return Reject(draft, prior, report, Code.StaleEpoch, "Another worker or incarnation holds the claim.");
        }

        if (report.Event is ExecutionEvent.Unreadable unreadable)
        {
            return Reject(draft, prior, report, unreadable.Code, unreadable.Message);
        }

        if (prior.Event is not null)
        {
            return Reject(draft, prior, report, Code.Conflict, "Another event has this id; the first stands.");
        }

        if (report.Epoch > draft.State.Epoch)
        {
            return Reject(
                draft, prior, report, Code.InvalidTransition, $"The execution is in epoch {draft.State.Epoch}; epoch {report.Epoch} does not exist yet.");
        }

        var says = Named(report.Event);
        if (draft.State.IsFinal)
        {
            return Naming(draft, Late(draft, prior, report), report, says);
        }

        // A heartbeat is never rejected for the workflow or namespace that it names.
        if (says is not null && report.Event is not ExecutionEvent.Heartbeat && Contradiction(draft.State, draft.State.Facts, says) is { } field)
        {
            return Reject(draft, prior, report, Code.Conflict, $"{field} conflicts with the stored value.");
        }

        // A heartbeat writes no history row, so the history would not show that it turned on the trace.
        var before = draft.State;
        var asks = report is { Trace: true, Event: not ExecutionEvent.Heartbeat } && Fill(draft, new ExecutionFacts { ExplicitTrace = true });
        var decision = Naming(draft, Live(draft, prior, report, failure), report, says);
        return asks && decision.Result != Result.Applied
            ? decision with { State = decision.State! with { Facts = before.Facts, EventFacts = before.EventFacts } }
            : decision;
    }

    /// <summary>Fills the workflow and namespace from an applied event, unless they conflict with the stored values.</summary>
    private static Decision Naming(Draft draft, Decision decision, Command.Report report, ExecutionFacts? says)
    {
        if (says is null || decision.Result != Result.Applied || Contradiction(draft.State, draft.State.Facts, says) is not null)
        {
            return decision;
        }

        var before = draft.State;
        if (!Fill(draft, says))
        {
            return decision;
        }

        if (report.Event is ExecutionEvent.Heartbeat)
        {
            // The only case in which a heartbeat writes a history row.
            draft.Record(report.Event.Type, Result.Applied, report.Event.At, facts: RowFacts.Event(report, null));
        }

        if (before.IsFinal)
        {
            Recount(draft, before, before.TrackerEndedAt ?? draft.Now);
        }

        return draft.Answer(decision.Result, decision.Code, decision.Message, decision.Claimed);
    }

    private static Decision Live(Draft draft, Prior prior, Command.Report report, string? failure) =>
        report.Event switch
        {
            ExecutionEvent.ExecutionStarted e => Started(draft, prior, report, e),
            ExecutionEvent.ExecutionPaused e => Pause(draft, report, e.Reason),
            ExecutionEvent.ExecutionResumed => Resume(draft, report),
            ExecutionEvent.ExecutionCompleted e => Completed(draft, prior, report, e, failure),
            ExecutionEvent.StepStarted e => StepStarted(draft, prior, report, e),
            ExecutionEvent.StepCompleted e => StepCompleted(draft, prior, report, e),
            ExecutionEvent.Log e => Logged(draft, prior, report, e),
            ExecutionEvent.Heartbeat e => Beat(draft, e),
            _ => throw new ArgumentOutOfRangeException(nameof(report)),
        };

    /// <summary>Whether a report is for an earlier epoch, by the epoch that it names or by the epoch of its run token.</summary>
    public static bool IsFenced(Command.Report report, ExecutionState state) => report.Epoch < state.Epoch || report.TokenEpoch < state.Epoch;

    /// <summary>The same event under the same id changes nothing. For the current epoch it is a sign of life.</summary>
    private static Decision Repeated(Draft draft, Command.Report report)
    {
        if (report.Epoch == draft.State.Epoch && !IsFenced(report, draft.State) && !draft.State.IsFinal)
        {
            draft.Contact();
        }

        return draft.Answer(Result.Duplicate);
    }

    /// <summary>The same facts under a new event id change nothing. A history row uses up the id.</summary>
    private static Decision SameFacts(Draft draft, Command.Report report)
    {
        if (!draft.State.IsFinal)
        {
            draft.Contact();
        }

        draft.Record(report, Result.Duplicate);
        return draft.Answer(Result.Duplicate);
    }

    private static Decision Reject(Draft draft, Prior prior, Command.Report report, Code code, string message)
    {
        var id = report.Event.EventId;
        var isCurrent = IsOfContent(code) && report.Epoch == draft.State.Epoch && !draft.State.IsFinal;
        var refusesEnd = isCurrent && report.Event.Type == "execution.completed";
        if (isCurrent)
        {
            if (!draft.State.FinalReportRefused)
            {
                draft.Contact();
            }

            draft.State = draft.State with { FinalReportRefused = draft.State.FinalReportRefused || refusesEnd };
        }

        if (report.Event is ExecutionEvent.Heartbeat)
        {
            return draft.Answer(Result.Rejected, code, message);
        }

        if (code == Code.LimitExceeded && report.Event.Type == LogType)
        {
            return RejectLine(draft, report, message);
        }

        var onRecord = prior.RejectedAs.Contains(code);
        if (!onRecord && draft.State.RejectionCount < (refusesEnd ? Limits.Rejections : Limits.Rejections - 1))
        {
            draft.State = draft.State with { RejectionCount = draft.State.RejectionCount + 1 };
            draft.Record(report.Event.Type, Result.Rejected, report.Event.At, id, code: code);
            onRecord = true;
        }

        draft.State = draft.State with { RejectedCount = draft.State.RejectedCount + 1 };
        draft.Store();
        if (onRecord)
        {
            draft.Add(new Effect.Rejection(code, report.Epoch, id ?? string.Empty, report.Event.Type, Payload.Cut(message, 512), draft.Now));
        }

        return draft.Answer(Result.Rejected, code, message);
    }

    /// <summary>
    /// Whether the code rejects the content of an event and not its sender. Such an event is a sign of life, unless a final report of the epoch was already
    /// rejected.
    /// </summary>
    private static bool IsOfContent(Code code) =>
        code is Code.InvalidEvent or Code.MissingStepId or Code.UnknownType or Code.Conflict or Code.LimitExceeded;

    private static Decision Started(Draft draft, Prior prior, Command.Report report, ExecutionEvent.ExecutionStarted e)
    {
        if (Contradiction(draft.State, draft.State.Facts, e.Facts) is { } field)
        {
            return Reject(draft, prior, report, Code.Conflict, $"{field} conflicts with the stored value.");
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
            return SameFacts(draft, report);
        }

        draft.Record(report, Result.Applied);
        return draft.Answer(Result.Applied);
    }

    /// <summary>
    /// A pause whose resume arrived first is recorded and changes nothing else. A pause after a cancel was requested ends the execution as cancelled.
    /// </summary>
    private static Decision Pause(Draft draft, Command.Report report, string? reason)
    {
        draft.Contact();
        if (draft.State.ResumedAt is { } resumed && (report.Event.At ?? draft.Now) < resumed)
        {
            draft.State = draft.State with { ResumedAt = null };
            draft.Record(report, Result.Applied);
            return draft.Answer(Result.Applied);
        }

        if (draft.State.Status == ExecutionStatus.Paused)
        {
            return SameFacts(draft, report);
        }

        draft.Record(report, Result.Applied);

        if (draft.State.Cancel is not null)
        {
            End(draft, Move.Cancel, FinalizationPath.Cancelled, Cause.CancelConfirmed, null, draft.Now);
            return draft.Answer(Result.Applied);
        }

        Start(draft, null, reported: false);
        draft.TryMove(Move.Pause);
        draft.State = draft.State with
        {
            PausedAt = draft.Now,
            PausedReason = reason,
            Path = FinalizationPath.Paused,
            LeaseExpiresAt = null,
            StoredLease = null
        };
        return draft.Answer(Result.Applied);
    }

    private static Decision Resume(Draft draft, Command.Report report)
    {
        Start(draft, null, reported: false);
        draft.State = draft.TryMove(Move.Resume)
            ? draft.State with { TimeoutFrom = draft.Now, PausedAt = null, PausedReason = null, Path = null }
            : draft.State with { ResumedAt = Later(draft.State.ResumedAt, report.Event.At ?? draft.Now) };
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

        if (FactsRules.Contradiction(draft.State.Stated, e.Facts) is { } field)
        {
            return Reject(draft, prior, report, Code.Conflict, $"{field} conflicts with the stored value.");
        }

        var facts = e.Facts.Or(draft.State.Facts);
        if (FactsRules.Overfull(facts) is { } limit)
        {
            return Reject(draft, prior, report, Code.LimitExceeded, limit);
        }

        Adopt(draft, facts);
        draft.Contact();
        var isPastTimeout = Deadlines.IsPastTimeout(draft.State, [], draft.Now);
        draft.State = draft.State with
        {
            TotalCost = e.Cost ?? draft.State.TotalCost,
            TraceSpanCount = e.TraceSpanCount ?? draft.State.TraceSpanCount,
            Worker = draft.State.Worker ?? (e.WorkerId is { } id ? new Worker(id, null) : null),
            CompletionFailure = failure,
            Attempts = draft.State.Attempts + (draft.State.Status is ExecutionStatus.Pending or ExecutionStatus.Claimed ? 1 : 0),
        };
        var isAnswer = draft.State.Cancel is not null && e.Outcome != Outcome.Success;
        var isCancelled = isAnswer || e.Outcome == Outcome.Cancel;
        var move = isCancelled ? Move.Cancel : MoveOf(e.Outcome);
        var path = isCancelled ? FinalizationPath.Cancelled
            : e.Outcome != Outcome.Success ? FinalizationPath.ForceFailed
            : failure is not null ? FinalizationPath.FallbackCompleted
            : FinalizationPath.Completed;
        var cause = isAnswer ? Cause.CancelConfirmed
            : e.Outcome == Outcome.Kill && isPastTimeout ? Cause.Timeout
            : Cause.Reported;
        draft.Record(report, Result.Applied, failure: failure);
        End(draft, move, path, cause, e.Outcome, e.At ?? draft.Now);
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

    /// <summary>
    /// Rejects a log line over the limit. The first one of an epoch also writes a history row and a log line of the tracker. All of them share one rejection
    /// record with a count.
    /// </summary>
    private static Decision RejectLine(Draft draft, Command.Report report, string message)
    {
        var state = draft.State;
        draft.State = state with { RejectedCount = state.RejectedCount + 1 };
        draft.Store();
        if (report.Epoch == state.Epoch && !state.LogsFull)
        {
            draft.State = draft.State with
            {
                LogsFull = true,
                LogCount = state.LogCount + 1,
                RejectionCount = Math.Max(state.RejectionCount, Math.Min(state.RejectionCount + 1, Limits.Rejections - 1)),
            };
            draft.Record(LogType, Result.Rejected, report.Event.At, report.Event.EventId, code: Code.LimitExceeded);
            draft.Add(new Effect.Log(
                draft.State.HistorySequence, report.Event.EventId!, draft.Now, draft.Now, state.Epoch, Severity.Warn, "tracker", null, LinesRefused));
        }

        draft.Add(new Effect.Rejection(Code.LimitExceeded, report.Epoch, string.Empty, LogType, message, draft.Now));
        return draft.Answer(Result.Rejected, Code.LimitExceeded, message);
    }

    private static Decision Logged(Draft draft, Prior prior, Command.Report report, ExecutionEvent.Log e)
    {
        var message = Payload.Cut(e.Message, Limits.LogMessage);
        var bytes = Encoding.UTF8.GetByteCount(message) + BytesOf(e.Source) + BytesOf(e.StepId);
        if (draft.State.LogsFull || draft.State.LogCount >= Limits.LogLines || draft.State.LogBytes + bytes > Limits.LogBytes)
        {
            return Reject(draft, prior, report, Code.LimitExceeded, LinesMax);
        }

        draft.Contact();
        draft.Record(report, Result.Applied);
        draft.State = draft.State with
        {
            LogCount = draft.State.LogCount + 1,
            ErrorLogCount = draft.State.ErrorLogCount + (e.Level == Severity.Error ? 1 : 0),
            LogBytes = draft.State.LogBytes + bytes,
        };
        draft.Add(new Effect.Log(
            draft.State.HistorySequence, e.EventId!, e.At ?? draft.Now, draft.Now, draft.State.Epoch, e.Level, e.Source, e.StepId, message));
        return draft.Answer(Result.Applied);
    }

    private static int BytesOf(string? text) => text is null ? 0 : Encoding.UTF8.GetByteCount(text);

    /// <summary>A heartbeat changes only memory. The row is written if less than half of the lease is left in the store.</summary>
    private static Decision Beat(Draft draft, ExecutionEvent.Heartbeat e)
    {
        draft.Contact();
        if (e.Progress is { } progress)
        {
            draft.State = draft.State with { Progress = progress };
        }

        return draft.Answer(Result.Applied);
    }

    /// <summary>
    /// An event after the end is kept as evidence. Applied instead: the first reported start of the execution or of an ended step, and the end of a step that
    /// was closed as incomplete. Heartbeats are neither counted nor kept.
    /// </summary>
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
                draft.State.EvidenceCount,
                draft.State.Epoch,
                report.Event.EventId!,
                report.Event.Type,
                report.Event.At ?? draft.Now,
                draft.Now,
                EvidenceOf(draft.State, report.Event)));
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
        if (Contradiction(draft.State, draft.State.Stated, e.Facts) is { } field)
        {
            return Reject(draft, prior, report, Code.Conflict, $"{field} conflicts with the stored value.");
        }

        if (FactsRules.Overfull(draft.State.Facts.Or(e.Facts)) is { } limit)
        {
            return Reject(draft, prior, report, Code.LimitExceeded, limit);
        }

        var before = draft.State;
        Fill(draft, e.Facts);
        var (ended, trackerEnded) = (before.EndedAt ?? draft.Now, before.TrackerEndedAt ?? draft.Now);
        // Without an outcome the tracker ended the execution, at tracker time. The reported start cannot be later than that end.
        var started = e.At is { } at && before.Outcome is not null ? at : Times.Earlier(e.At ?? before.StartedAt ?? draft.Now, ended);
        draft.State = draft.State with
        {
            StartReported = true,
            StartedAt = started,
            TrackerStartedAt = before.TrackerStartedAt ?? draft.Now,
            EndedAt = Times.End(started, ended, trackerEnded),
            Worker = before.Worker is { } holder ? holder with { Incarnation = holder.Incarnation ?? e.Worker?.Incarnation } : e.Worker,
        };
        draft.Record(report, Result.Applied);
        Recount(draft, before, trackerEnded);
        return draft.Answer(Result.Applied);
    }

    private static void Recount(Draft draft, ExecutionState before, DateTimeOffset at)
    {
        var from = before.DurationUntil(before.EndedAt ?? at);
        var to = draft.State.DurationUntil(draft.State.EndedAt ?? at);
        if (before.Workflow != draft.State.Workflow || from != to)
        {
            draft.Add(new Effect.Recount(before.Status, before.Cause, at, before.Workflow, Times.Counted(from), draft.State.Workflow, Times.Counted(to)));
        }
    }

    /// <summary>
    /// The event as JSON, cut to <see cref="Limits.TracePayload"/>. Holds the input and output of steps only if the execution is traced.
    /// </summary>
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
