using System.Text;

namespace ExecutionGrains.Rules;

/// <content>The events of a report.</content>
public static partial class ExecutionRules
{
    private const string LogType = "log";
    private const string LinesMax = "An epoch may have at most 100,000 log lines and 64 MiB of log text.";
    private const string LinesRefused = "Further log lines of this epoch are refused: it has reached 100,000 lines or 64 MiB of log text.";

    private static Decision ApplyEvent(DecisionBuilder builder, StoredRows stored, Command.ApplyEvent report, string? failure)
    {
        if (stored.Event is { } known && HashesEqual(known.Hash, report.Hash))
        {
            return RepeatedEvent(builder, report);
        }

        if (IsFenced(report, builder.State))
        {
            return Reject(builder, stored, report, Code.StaleEpoch, $"The execution is in epoch {builder.State.Epoch}.");
        }

        // Checked before the content of the event: a rejection for its content would count as a sign of life of the worker that holds the claim.
        if (report.Epoch == builder.State.Epoch && report.Event is ExecutionEvent.ExecutionStarted { Worker: { } worker }
            && builder.State.Worker is not null && !IsHolder(builder.State, worker))
        {
            return Reject(builder, stored, report, Code.StaleEpoch, "Another worker or incarnation holds the claim.");
        }

        if (report.Event is ExecutionEvent.Unreadable unreadable)
        {
            return Reject(builder, stored, report, unreadable.Code, unreadable.Message);
        }

        if (stored.Event is not null)
        {
            return Reject(builder, stored, report, Code.Conflict, "Another event has this id; the first stands.");
        }

        if (report.Epoch > builder.State.Epoch)
        {
            return Reject(
                builder, stored, report, Code.InvalidTransition, $"The execution is in epoch {builder.State.Epoch}; epoch {report.Epoch} does not exist yet.");
        }

        var stated = StatedNames(report.Event);
        if (builder.State.IsFinal)
        {
            return FillNames(builder, ApplyAfterEnd(builder, stored, report), report, stated);
        }

        if (stated is not null && ConflictingField(builder.State, builder.State.Facts, stated) is { } field)
        {
            return Reject(builder, stored, report, Code.Conflict, $"{field} conflicts with the stored value.");
        }

        // A heartbeat writes no history row, so the history would not show that it turned on the trace.
        var before = builder.State;
        var asks = report is { Trace: true, Event: not ExecutionEvent.Heartbeat } && FillFacts(builder, new ExecutionFacts { ExplicitTrace = true });
        var decision = FillNames(builder, ApplyBeforeEnd(builder, stored, report, failure), report, stated);
        return asks && decision.Result != Result.Applied
            ? decision with { State = decision.State! with { Facts = before.Facts, EventFacts = before.EventFacts } }
            : decision;
    }

    /// <summary>Fills the workflow and namespace from an applied event, unless they conflict with the stored values.</summary>
    private static Decision FillNames(DecisionBuilder builder, Decision decision, Command.ApplyEvent report, ExecutionFacts? stated)
    {
        if (stated is null || decision.Result != Result.Applied || ConflictingField(builder.State, builder.State.Facts, stated) is not null)
        {
            return decision;
        }

        var before = builder.State;
        if (!FillFacts(builder, stated))
        {
            return decision;
        }

        if (report.Event is ExecutionEvent.Heartbeat)
        {
            // The only case in which a heartbeat writes a history row.
            builder.Record(report.Event.Type, Result.Applied, report.Event.At, facts: HistoryRowJson.Event(report, null));
        }

        if (before.IsFinal)
        {
            Recount(builder, before, before.TrackerEndedAt ?? builder.Now);
        }

        return builder.Answer(decision.Result, decision.Code, decision.Message, decision.HoldsClaim);
    }

    private static Decision ApplyBeforeEnd(DecisionBuilder builder, StoredRows stored, Command.ApplyEvent report, string? failure) =>
        report.Event switch
        {
            ExecutionEvent.ExecutionStarted e => Started(builder, stored, report, e),
            ExecutionEvent.ExecutionPaused e => Pause(builder, report, e.Reason),
            ExecutionEvent.ExecutionResumed => Resume(builder, report),
            ExecutionEvent.ExecutionCompleted e => Completed(builder, stored, report, e, failure),
            ExecutionEvent.StepStarted e => StepStarted(builder, stored, report, e),
            ExecutionEvent.StepCompleted e => StepCompleted(builder, stored, report, e),
            ExecutionEvent.Log e => Logged(builder, stored, report, e),
            ExecutionEvent.Heartbeat e => Heartbeat(builder, e),
            _ => throw new ArgumentOutOfRangeException(nameof(report)),
        };

    /// <summary>Whether a report is for an earlier epoch, by the epoch that it names or by the epoch of its run token.</summary>
    public static bool IsFenced(Command.ApplyEvent report, ExecutionState state) => report.Epoch < state.Epoch || report.TokenEpoch < state.Epoch;

    /// <summary>The same event under the same id changes nothing. For the current epoch it is a sign of life.</summary>
    private static Decision RepeatedEvent(DecisionBuilder builder, Command.ApplyEvent report)
    {
        if (report.Epoch == builder.State.Epoch && !IsFenced(report, builder.State) && !builder.State.IsFinal)
        {
            builder.RecordContact();
        }

        return builder.Answer(Result.Duplicate);
    }

    /// <summary>The same facts under a new event id change nothing. A history row uses up the id.</summary>
    private static Decision RepeatedFacts(DecisionBuilder builder, Command.ApplyEvent report)
    {
        if (!builder.State.IsFinal)
        {
            builder.RecordContact();
        }

        builder.Record(report, Result.Duplicate);
        return builder.Answer(Result.Duplicate);
    }

    private static Decision Reject(DecisionBuilder builder, StoredRows stored, Command.ApplyEvent report, Code code, string message)
    {
        var id = report.Event.EventId;
        var isCurrent = IsOfContent(code) && report.Epoch == builder.State.Epoch && !builder.State.IsFinal;
        var refusesEnd = isCurrent && report.Event.Type == "execution.completed";
        if (isCurrent)
        {
            if (!builder.State.FinalReportRefused)
            {
                builder.RecordContact();
            }

            builder.State = builder.State with { FinalReportRefused = builder.State.FinalReportRefused || refusesEnd };
        }

        if (report.Event is ExecutionEvent.Heartbeat)
        {
            return builder.Answer(Result.Rejected, code, message);
        }

        if (code == Code.LimitExceeded && report.Event.Type == LogType)
        {
            return RejectLine(builder, report, message);
        }

        var onRecord = stored.RejectedAs.Contains(code);
        if (!onRecord && builder.State.RejectionCount < (refusesEnd ? Limits.RejectionCountMax : Limits.RejectionCountMax - 1))
        {
            builder.State = builder.State with { RejectionCount = builder.State.RejectionCount + 1 };
            builder.Record(report.Event.Type, Result.Rejected, report.Event.At, id, code: code);
            onRecord = true;
        }

        builder.State = builder.State with { RejectedCount = builder.State.RejectedCount + 1 };
        builder.RequireStore();
        if (onRecord)
        {
            builder.Add(new Effect.Rejection(code, report.Epoch, id ?? string.Empty, report.Event.Type, PayloadTruncation.Truncate(message, 512), builder.Now));
        }

        return builder.Answer(Result.Rejected, code, message);
    }

    /// <summary>
    /// Whether the code rejects the content of an event and not its sender. Such an event is a sign of life, unless a final report of the epoch was already
    /// rejected.
    /// </summary>
    private static bool IsOfContent(Code code) =>
        code is Code.InvalidEvent or Code.MissingStepId or Code.UnknownType or Code.Conflict or Code.LimitExceeded;

    private static Decision Started(DecisionBuilder builder, StoredRows stored, Command.ApplyEvent report, ExecutionEvent.ExecutionStarted e)
    {
        if (ConflictingField(builder.State, builder.State.Facts, e.Facts) is { } field)
        {
            return Reject(builder, stored, report, Code.Conflict, $"{field} conflicts with the stored value.");
        }

        if (FactsMerge.ExceededLimit(builder.State.Facts.MergeOver(e.Facts)) is { } limit)
        {
            return Reject(builder, stored, report, Code.LimitExceeded, limit);
        }

        var before = builder.State;
        FillFacts(builder, e.Facts);
        if (e.Worker is { } claimer)
        {
            TakeClaim(builder, claimer);
        }

        Start(builder, e.At, reported: true);
        builder.RecordContact();
        if (before.StartReported && builder.State.Worker == before.Worker && ReferenceEquals(builder.State.Facts, before.Facts))
        {
            return RepeatedFacts(builder, report);
        }

        builder.Record(report, Result.Applied);
        return builder.Answer(Result.Applied);
    }

    /// <summary>
    /// A pause whose resume arrived first is recorded and changes nothing else. A pause after a cancel was requested ends the execution as cancelled.
    /// </summary>
    private static Decision Pause(DecisionBuilder builder, Command.ApplyEvent report, string? reason)
    {
        builder.RecordContact();
        if (builder.State.ResumedAt is { } resumed && (report.Event.At ?? builder.Now) < resumed)
        {
            builder.State = builder.State with { ResumedAt = null };
            builder.Record(report, Result.Applied);
            return builder.Answer(Result.Applied);
        }

        if (builder.State.Status == ExecutionStatus.Paused)
        {
            return RepeatedFacts(builder, report);
        }

        builder.Record(report, Result.Applied);

        if (builder.State.Cancel is not null)
        {
            End(builder, Move.Cancel, FinalizationPath.Cancelled, Cause.CancelConfirmed, null, builder.Now);
            return builder.Answer(Result.Applied);
        }

        Start(builder, null, reported: false);
        builder.TryMove(Move.Pause);
        builder.State = builder.State with
        {
            PausedAt = builder.Now,
            PausedReason = reason,
            Path = FinalizationPath.Paused,
            LeaseExpiresAt = null,
            StoredLease = null
        };
        return builder.Answer(Result.Applied);
    }

    private static Decision Resume(DecisionBuilder builder, Command.ApplyEvent report)
    {
        Start(builder, null, reported: false);
        builder.State = builder.TryMove(Move.Resume)
            ? builder.State with { TimeoutFrom = builder.Now, PausedAt = null, PausedReason = null, Path = null }
            : builder.State with { ResumedAt = Later(builder.State.ResumedAt, report.Event.At ?? builder.Now) };
        builder.RecordContact();
        builder.Record(report, Result.Applied);
        return builder.Answer(Result.Applied);
    }

    private static Decision Completed(
        DecisionBuilder builder, StoredRows stored, Command.ApplyEvent report, ExecutionEvent.ExecutionCompleted e, string? failure)
    {
        if (e.Facts.Namespace is { } wanted && wanted != builder.State.Namespace)
        {
            return Reject(builder, stored, report, Code.Conflict, "The namespace of an execution never changes.");
        }

        if (FactsMerge.ConflictingField(builder.State.Stated, e.Facts) is { } field)
        {
            return Reject(builder, stored, report, Code.Conflict, $"{field} conflicts with the stored value.");
        }

        var facts = e.Facts.MergeOver(builder.State.Facts);
        if (FactsMerge.ExceededLimit(facts) is { } limit)
        {
            return Reject(builder, stored, report, Code.LimitExceeded, limit);
        }

        SetFacts(builder, facts);
        builder.RecordContact();
        var isPastTimeout = Deadlines.IsPastTimeout(builder.State, [], builder.Now);
        builder.State = builder.State with
        {
            TotalCost = e.Cost ?? builder.State.TotalCost,
            TraceSpanCount = e.TraceSpanCount ?? builder.State.TraceSpanCount,
            Worker = builder.State.Worker ?? (e.WorkerId is { } id ? new Worker(id, null) : null),
            CompletionFailure = failure,
            Attempts = builder.State.Attempts + (builder.State.Status is ExecutionStatus.Pending or ExecutionStatus.Claimed ? 1 : 0),
        };
        var isAnswer = builder.State.Cancel is not null && e.Outcome != Outcome.Success;
        var isCancelled = isAnswer || e.Outcome == Outcome.Cancel;
        var move = isCancelled ? Move.Cancel : MoveOf(e.Outcome);
        var path = isCancelled ? FinalizationPath.Cancelled
            : e.Outcome != Outcome.Success ? FinalizationPath.ForceFailed
            : failure is not null ? FinalizationPath.FallbackCompleted
            : FinalizationPath.Completed;
        var cause = isAnswer ? Cause.CancelConfirmed
            : e.Outcome == Outcome.Kill && isPastTimeout ? Cause.Timeout
            : Cause.Reported;
        builder.Record(report, Result.Applied, failure: failure);
        End(builder, move, path, cause, e.Outcome, e.At ?? builder.Now);
        if (failure is null && (e.Output is not null || e.Error is not null))
        {
            builder.Add(new Effect.FinalPayload(
                builder.State.Epoch,
                PayloadTruncation.Truncate(e.Output, Limits.FinalPayloadBytesMax),
                PayloadTruncation.Truncate(e.Error, Limits.FinalPayloadBytesMax)));
        }

        return builder.Answer(Result.Applied);
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
    private static Decision RejectLine(DecisionBuilder builder, Command.ApplyEvent report, string message)
    {
        var state = builder.State;
        builder.State = state with { RejectedCount = state.RejectedCount + 1 };
        builder.RequireStore();
        if (report.Epoch == state.Epoch && !state.LogsFull)
        {
            builder.State = builder.State with
            {
                LogsFull = true,
                LogCount = state.LogCount + 1,
                RejectionCount = Math.Max(state.RejectionCount, Math.Min(state.RejectionCount + 1, Limits.RejectionCountMax - 1)),
            };
            builder.Record(LogType, Result.Rejected, report.Event.At, report.Event.EventId, code: Code.LimitExceeded);
            builder.Add(new Effect.Log(
                builder.State.HistorySequence, report.Event.EventId!, builder.Now, builder.Now, state.Epoch, Severity.Warn, "tracker", null, LinesRefused));
        }

        builder.Add(new Effect.Rejection(Code.LimitExceeded, report.Epoch, string.Empty, LogType, message, builder.Now));
        return builder.Answer(Result.Rejected, Code.LimitExceeded, message);
    }

    private static Decision Logged(DecisionBuilder builder, StoredRows stored, Command.ApplyEvent report, ExecutionEvent.Log e)
    {
        var message = PayloadTruncation.Truncate(e.Message, Limits.LogMessageBytesMax);
        var bytes = Encoding.UTF8.GetByteCount(message) + BytesOf(e.Source) + BytesOf(e.StepId);
        if (builder.State.LogsFull || builder.State.LogCount >= Limits.LogLineCountMax || builder.State.LogBytes + bytes > Limits.LogBytesMax)
        {
            return Reject(builder, stored, report, Code.LimitExceeded, LinesMax);
        }

        builder.RecordContact();
        builder.Record(report, Result.Applied);
        builder.State = builder.State with
        {
            LogCount = builder.State.LogCount + 1,
            ErrorLogCount = builder.State.ErrorLogCount + (e.Level == Severity.Error ? 1 : 0),
            LogBytes = builder.State.LogBytes + bytes,
        };
        builder.Add(new Effect.Log(
            builder.State.HistorySequence, e.EventId!, e.At ?? builder.Now, builder.Now, builder.State.Epoch, e.Level, e.Source, e.StepId, message));
        return builder.Answer(Result.Applied);
    }

    private static int BytesOf(string? text) => text is null ? 0 : Encoding.UTF8.GetByteCount(text);

    /// <summary>A heartbeat changes only memory. The row is written if less than half of the lease is left in the store.</summary>
    private static Decision Heartbeat(DecisionBuilder builder, ExecutionEvent.Heartbeat e)
    {
        builder.RecordContact();
        if (e.Progress is { } progress)
        {
            builder.State = builder.State with { Progress = progress };
        }

        return builder.Answer(Result.Applied);
    }

    private static bool HashesEqual(byte[]? one, byte[]? other) => one is not null && other is not null && one.AsSpan().SequenceEqual(other);
}
