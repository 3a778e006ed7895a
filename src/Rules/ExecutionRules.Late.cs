namespace ExecutionGrains.Rules;

/// <content>Events that arrive after the end of the execution.</content>
public static partial class ExecutionRules
{
    /// <summary>
    /// An event after the end is kept as evidence. Applied instead: the first reported start of the execution or of an ended step, and the end of a step that
    /// was closed as incomplete. Heartbeats are neither counted nor kept.
    /// </summary>
    private static Decision ApplyAfterEnd(DecisionBuilder builder, StoredRows stored, Command.ApplyEvent report)
    {
        switch (report.Event)
        {
            case ExecutionEvent.Heartbeat:
                return builder.Answer(Result.Late, Code.AlreadyFinished);
            case ExecutionEvent.ExecutionStarted e when !builder.State.StartReported:
                return StartedAfterEnd(builder, stored, report, e);
            case ExecutionEvent.StepStarted e when stored.Step is { StartHash: null, EndHash: not null }:
                return StepStarted(builder, stored, report, e);
            case ExecutionEvent.StepCompleted e when stored.Step is { Status: StepStatus.Incomplete }:
                return StepCompleted(builder, stored, report, e);
        }

        var firstOfLost = builder.State is { Status: ExecutionStatus.Lost, EpochLateCount: 0 };
        builder.State = builder.State with { LateCount = builder.State.LateCount + 1, EpochLateCount = builder.State.EpochLateCount + 1 };
        if (builder.State.EvidenceCount < Limits.EvidenceCountMax)
        {
            builder.State = builder.State with { EvidenceCount = builder.State.EvidenceCount + 1 };
            builder.Record(report, Result.Late, Code.AlreadyFinished);
            builder.Add(new Effect.Evidence(
                builder.State.EvidenceCount,
                builder.State.Epoch,
                report.Event.EventId!,
                report.Event.Type,
                report.Event.At ?? builder.Now,
                builder.Now,
                EvidenceOf(builder.State, report.Event)));
        }
        else
        {
            builder.State = builder.State with { Version = builder.State.Version + 1 };
            builder.RequireStore();
        }

        if (firstOfLost)
        {
            builder.Add(new Effect.ChangeStatistic(FigureKind.LateAfterLost, null, 1, builder.Now));
        }

        return builder.Answer(Result.Late, Code.AlreadyFinished);
    }

    private static Decision StartedAfterEnd(DecisionBuilder builder, StoredRows stored, Command.ApplyEvent report, ExecutionEvent.ExecutionStarted e)
    {
        if (ConflictingField(builder.State, builder.State.Stated, e.Facts) is { } field)
        {
            return Reject(builder, stored, report, Code.Conflict, $"{field} conflicts with the stored value.");
        }

        if (FactsMerge.ExceededLimit(builder.State.Facts.MergeOver(e.Facts)) is { } limit)
        {
            return Reject(builder, stored, report, Code.LimitExceeded, limit);
        }

        var before = builder.State;
        FillFacts(builder, e.Facts);
        var (ended, trackerEnded) = (before.EndedAt ?? builder.Now, before.TrackerEndedAt ?? builder.Now);
        // Without an outcome the tracker ended the execution, at tracker time. The reported start cannot be later than that end.
        var started = e.At is { } at && before.Outcome is not null ? at : TimeRules.Earlier(e.At ?? before.StartedAt ?? builder.Now, ended);
        builder.State = builder.State with
        {
            StartReported = true,
            StartedAt = started,
            TrackerStartedAt = before.TrackerStartedAt ?? builder.Now,
            EndedAt = TimeRules.End(started, ended, trackerEnded),
            Worker = before.Worker is { } holder ? holder with { Incarnation = holder.Incarnation ?? e.Worker?.Incarnation } : e.Worker,
        };
        builder.Record(report, Result.Applied);
        Recount(builder, before, trackerEnded);
        return builder.Answer(Result.Applied);
    }

    private static void Recount(DecisionBuilder builder, ExecutionState before, DateTimeOffset at)
    {
        var from = before.DurationUntil(before.EndedAt ?? at);
        var to = builder.State.DurationUntil(builder.State.EndedAt ?? at);
        if (before.Workflow != builder.State.Workflow || from != to)
        {
            builder.Add(new Effect.CorrectStatistics(
                before.Status,
                before.Cause,
                at,
                before.Workflow,
                TimeRules.ForStatistics(from),
                builder.State.Workflow,
                TimeRules.ForStatistics(to)));
        }
    }

    /// <summary>
    /// The event as JSON, cut to <see cref="Limits.TracePayloadBytesMax"/>. Holds the input and output of steps only if the execution is traced.
    /// </summary>
    private static byte[] EvidenceOf(ExecutionState state, ExecutionEvent @event)
    {
        var kept = state.IsTraced ? @event : @event switch
        {
            ExecutionEvent.StepStarted e => e with { Input = null },
            ExecutionEvent.StepCompleted e => e with { Input = null, Output = null },
            _ => @event,
        };
        return PayloadTruncation.Truncate(DecisionBuilder.Json(buffer => CanonicalForm.Write(kept, buffer, payloads: true)), Limits.TracePayloadBytesMax)!;
    }
}
