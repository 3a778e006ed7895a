namespace ExecutionGrains.Rules;

/// <content>Step events. Each step is a row of its own; the state holds only counters and two markers.</content>
public static partial class ExecutionRules
{
    private const string Unknown = "unknown";

    private static Decision StepStarted(DecisionBuilder builder, StoredRows stored, Command.ApplyEvent report, ExecutionEvent.StepStarted e)
    {
        if (stored.Step is { StartHash: { } said })
        {
            return HashesEqual(said, report.Hash)
                ? RepeatedFacts(builder, report)
                : Reject(builder, stored, report, Code.Conflict, "The step started already, with other facts.");
        }

        if (stored.Step is null && StepLimit(builder.State) is { } limit)
        {
            return Reject(builder, stored, report, Code.LimitExceeded, limit);
        }

        StepContact(builder, e.At);
        var at = e.At ?? TimeRules.Earlier(builder.Now, stored.Step?.EndedAt);
        var row = stored.Step is { } ended ? Started(ended, builder, e, at, report.Hash) : NewStep(builder, e, at, report.Hash);
        var state = builder.State;
        var more = stored.Step is null ? 1 : 0;
        // A single copy of the state, because this runs for every event.
        builder.State = state with
        {
            StepSequence = state.StepSequence + more,
            StepCount = state.StepCount + more,
            OpenStepCount = state.OpenStepCount + more,
            LastStarted = StartedLast(state.LastStarted, row, MarkerTime(at, builder.Now)),
            LastCompleted = Refreshed(state.LastCompleted, row, withEnd: true),
            HistorySequence = state.HistorySequence + 1,
            Version = state.Version + 1,
        };
        builder.AddApplied(report);
        builder.Add(new Effect.Step(row, stored.Step is null));
        return builder.Answer(Result.Applied);
    }

    private static Decision StepCompleted(DecisionBuilder builder, StoredRows stored, Command.ApplyEvent report, ExecutionEvent.StepCompleted e)
    {
        if (stored.Step is { IsOpen: false, Status: not StepStatus.Incomplete } closed)
        {
            return HashesEqual(closed.EndHash, report.Hash)
                ? RepeatedFacts(builder, report)
                : Reject(builder, stored, report, Code.Conflict, "The step ended already, with other facts.");
        }

        if (stored.Step is null && StepLimit(builder.State, opens: false) is { } limit)
        {
            return Reject(builder, stored, report, Code.LimitExceeded, limit);
        }

        StepContact(builder, e.At);
        var at = e.At ?? builder.Now;
        var step = stored.Step ?? NewStep(builder, e.StepId, at);
        var status = StatusOf(e.Outcome, builder.State);
        var row = step with
        {
            Status = status,
            Block = e.Block ?? step.Block,
            BlockType = e.BlockType ?? step.BlockType,
            ParentStepId = e.ParentStepId ?? step.ParentStepId,
            EndedAt = TimeRules.End(step.StartedAt, at, builder.Now),
            TrackerEndedAt = builder.Now,
            Input = Traced(builder.State, e.Input) ?? step.Input,
            Output = Traced(builder.State, e.Output),
            Error = PayloadTruncation.Truncate(e.Error, Limits.FinalPayloadBytesMax),
            Cost = e.Cost,
            MemoryBytes = e.MemoryBytes,
            EndHash = report.Hash,
        };
        var state = builder.State;
        var more = stored.Step is null ? 1 : 0;
        var completed = CompletedLast(state.LastCompleted, row, MarkerTime(at, builder.Now));
        builder.State = state with
        {
            StepSequence = state.StepSequence + more,
            StepCount = state.StepCount + more,
            OpenStepCount = state.OpenStepCount - (stored.Step is { IsOpen: true } ? 1 : 0),
            FailedStepCount = state.FailedStepCount + (IsFailure(status) ? 1 : 0),
            StepCost = state.StepCost + (e.Cost ?? 0),
            LastStarted = state.LastStarted is null or { IsImplied: true } ? ImpliedStart(completed) : Refreshed(state.LastStarted, row, withEnd: false),
            LastCompleted = completed,
            HistorySequence = state.HistorySequence + 1,
            Version = state.Version + 1,
        };
        builder.AddApplied(report);
        builder.Add(new Effect.Step(row, stored.Step is null));
        return builder.Answer(Result.Applied);
    }

    /// <summary>
    /// A step event starts a pending or claimed execution and is a sign of life. After the end it can only move an implied start to an earlier time.
    /// </summary>
    private static void StepContact(DecisionBuilder builder, DateTimeOffset? at)
    {
        if (!builder.State.IsFinal)
        {
            Start(builder, at, reported: false);
            builder.RecordContact();
        }
        else if (!builder.State.StartReported && at < builder.State.StartedAt)
        {
            var before = builder.State;
            builder.State = before with { StartedAt = at };
            Recount(builder, before, before.TrackerEndedAt ?? builder.Now);
        }
    }

    private static StepRow NewStep(DecisionBuilder builder, ExecutionEvent.StepStarted e, DateTimeOffset at, byte[]? hash) => new()
    {
        Epoch = builder.State.Epoch,
        StepId = e.StepId,
        Sequence = builder.State.StepSequence + 1,
        Block = e.Block,
        BlockType = e.BlockType,
        ParentStepId = e.ParentStepId,
        StartedAt = at,
        TrackerStartedAt = builder.Now,
        Input = Traced(builder.State, e.Input),
        StartHash = hash,
    };

    /// <summary>A step whose end arrived without a start.</summary>
    private static StepRow NewStep(DecisionBuilder builder, string stepId, DateTimeOffset at) => new()
    {
        Epoch = builder.State.Epoch,
        StepId = stepId,
        Sequence = builder.State.StepSequence + 1,
        Block = Unknown,
        StartedAt = at,
        TrackerStartedAt = builder.Now,
    };

    /// <summary>Adds the facts of a start to a step that has already ended. The step stays closed.</summary>
    private static StepRow Started(StepRow ended, DecisionBuilder builder, ExecutionEvent.StepStarted e, DateTimeOffset at, byte[]? hash) => ended with
    {
        Block = ended.Block == Unknown ? e.Block : ended.Block,
        BlockType = ended.BlockType ?? e.BlockType,
        ParentStepId = ended.ParentStepId ?? e.ParentStepId,
        Input = ended.Input ?? Traced(builder.State, e.Input),
        StartHash = hash,
        StartedAt = at,
        EndedAt = ended.EndedAt is { } end ? TimeRules.End(at, end, ended.TrackerEndedAt ?? builder.Now) : null,
    };

    private static string? StepLimit(ExecutionState state, bool opens = true) =>
        opens && state.OpenStepCount >= Limits.OpenStepCountMax ? $"{Limits.OpenStepCountMax:N0} steps are open."
        : state.StepSequence >= Limits.StepCountMax ? $"The execution has {Limits.StepCountMax:N0} steps."
        : null;

    private static byte[]? Traced(ExecutionState state, byte[]? payload) =>
        state.IsTraced ? PayloadTruncation.Truncate(payload, Limits.TracePayloadBytesMax) : null;

    private static StepStatus StatusOf(StepOutcome outcome, ExecutionState state) => outcome switch
    {
        StepOutcome.Success => StepStatus.Succeeded,
        StepOutcome.Skip => StepStatus.Skipped,
        StepOutcome.Compensate => StepStatus.Compensated,
        _ when state.Cancel is not null => StepStatus.Cancelled,
        StepOutcome.Fail => StepStatus.Failed,
        StepOutcome.Crash => StepStatus.Crashed,
        StepOutcome.Cancel => StepStatus.Cancelled,
        StepOutcome.Kill => StepStatus.Killed,
        StepOutcome.Exception => StepStatus.Exception,
        _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
    };

    private static bool IsFailure(StepStatus status) => status is StepStatus.Failed or StepStatus.Crashed or StepStatus.Killed or StepStatus.Exception;

    /// <summary>The time that orders markers: producer time, limited to tracker time. Otherwise a fast clock of a producer could pin a marker.</summary>
    private static DateTimeOffset MarkerTime(DateTimeOffset at, DateTimeOffset now) => at < now ? at : now;

    /// <summary>Replaces the marker unless its time is later. Times are compared in whole milliseconds; an equal time replaces.</summary>
    private static BlockMarker StartedLast(BlockMarker? last, StepRow row, DateTimeOffset at) =>
        last is not null && Millisecond(last.At) > Millisecond(at)
            ? last
            : new BlockMarker(row.StepId, row.Block, row.BlockType, Later(last?.At, at), row.StartedAt, null, null);

    /// <inheritdoc cref="StartedLast"/>
    private static BlockMarker CompletedLast(BlockMarker? last, StepRow row, DateTimeOffset at) =>
        last is not null && Millisecond(last.At) > Millisecond(at)
            ? Refreshed(last, row, withEnd: true)!
            : new BlockMarker(row.StepId, row.Block, row.BlockType, Later(last?.At, at), row.StartedAt, row.EndedAt, row.Status == StepStatus.Succeeded);

    /// <summary>The started marker while no start is reported: the block that completed last. Any reported start replaces it.</summary>
    private static BlockMarker ImpliedStart(BlockMarker completed) => completed with { At = BlockMarker.ImpliedAt, EndedAt = null, Success = null };

    /// <summary>
    /// Updates a marker from the row of its step. The start of a step may arrive after its end, and the end may name another block than the start.
    /// </summary>
    private static BlockMarker? Refreshed(BlockMarker? marker, StepRow row, bool withEnd) => marker is null || marker.StepId != row.StepId
        ? marker
        : marker with { Block = row.Block, BlockType = row.BlockType, StartedAt = row.StartedAt, EndedAt = withEnd ? row.EndedAt : null };

    private static DateTimeOffset Later(DateTimeOffset? one, DateTimeOffset other) => one is { } stored && stored > other ? stored : other;

    private static long Millisecond(DateTimeOffset at) => at.UtcTicks / TimeSpan.TicksPerMillisecond;
}
