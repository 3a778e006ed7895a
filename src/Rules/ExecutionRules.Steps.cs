namespace ExecutionGrains.Rules;

/// <content>Step events. Each step is a row of its own; the state holds only counters and two markers.</content>
public static partial class ExecutionRules
{
    private const string Unknown = "unknown";

    private static Decision StepStarted(Draft draft, Prior prior, Command.Report report, ExecutionEvent.StepStarted e)
    {
        if (prior.Step is { StartHash: { } said })
        {
            return Same(said, report.Hash)
                ? SameFacts(draft, report)
                : Reject(draft, prior, report, Code.Conflict, "The step started already, with other facts.");
        }

        if (prior.Step is null && StepLimit(draft.State) is { } limit)
        {
            return Reject(draft, prior, report, Code.LimitExceeded, limit);
        }

        Touch(draft, e.At);
        var at = e.At ?? Times.Earlier(draft.Now, prior.Step?.EndedAt);
        var row = prior.Step is { } ended ? Started(ended, draft, e, at, report.Hash) : NewStep(draft, e, at, report.Hash);
        var state = draft.State;
        var more = prior.Step is null ? 1 : 0;
        // A single copy of the state, because this runs for every event.
        draft.State = state with
        {
            StepSequence = state.StepSequence + more,
            StepCount = state.StepCount + more,
            OpenStepCount = state.OpenStepCount + more,
            LastStarted = StartedLast(state.LastStarted, row, Ordered(at, draft.Now)),
            LastCompleted = Refreshed(state.LastCompleted, row, withEnd: true),
            HistorySequence = state.HistorySequence + 1,
            Version = state.Version + 1,
        };
        draft.AddApplied(report);
        draft.Add(new Effect.Step(row, prior.Step is null));
        return draft.Answer(Result.Applied);
    }

    private static Decision StepCompleted(Draft draft, Prior prior, Command.Report report, ExecutionEvent.StepCompleted e)
    {
        if (prior.Step is { IsOpen: false, Status: not StepStatus.Incomplete } closed)
        {
            return Same(closed.EndHash, report.Hash)
                ? SameFacts(draft, report)
                : Reject(draft, prior, report, Code.Conflict, "The step ended already, with other facts.");
        }

        if (prior.Step is null && StepLimit(draft.State, opens: false) is { } limit)
        {
            return Reject(draft, prior, report, Code.LimitExceeded, limit);
        }

        Touch(draft, e.At);
        var at = e.At ?? draft.Now;
        var step = prior.Step ?? NewStep(draft, e.StepId, at);
        var status = StatusOf(e.Outcome, draft.State);
        var row = step with
        {
            Status = status,
            Block = e.Block ?? step.Block,
            BlockType = e.BlockType ?? step.BlockType,
            ParentStepId = e.ParentStepId ?? step.ParentStepId,
            EndedAt = Times.End(step.StartedAt, at, draft.Now),
            TrackerEndedAt = draft.Now,
            Input = Traced(draft.State, e.Input) ?? step.Input,
            Output = Traced(draft.State, e.Output),
            Error = Payload.Cut(e.Error, Limits.FinalPayload),
            Cost = e.Cost,
            MemoryBytes = e.MemoryBytes,
            EndHash = report.Hash,
        };
        var state = draft.State;
        var more = prior.Step is null ? 1 : 0;
        var completed = CompletedLast(state.LastCompleted, row, Ordered(at, draft.Now));
        draft.State = state with
        {
            StepSequence = state.StepSequence + more,
            StepCount = state.StepCount + more,
            OpenStepCount = state.OpenStepCount - (prior.Step is { IsOpen: true } ? 1 : 0),
            FailedStepCount = state.FailedStepCount + (IsFailure(status) ? 1 : 0),
            StepCost = state.StepCost + (e.Cost ?? 0),
            LastStarted = state.LastStarted is null or { IsImplied: true } ? ImpliedStart(completed) : Refreshed(state.LastStarted, row, withEnd: false),
            LastCompleted = completed,
            HistorySequence = state.HistorySequence + 1,
            Version = state.Version + 1,
        };
        draft.AddApplied(report);
        draft.Add(new Effect.Step(row, prior.Step is null));
        return draft.Answer(Result.Applied);
    }

    /// <summary>
    /// A step event starts a pending or claimed execution and is a sign of life. After the end it can only move an implied start to an earlier time.
    /// </summary>
    private static void Touch(Draft draft, DateTimeOffset? at)
    {
        if (!draft.State.IsFinal)
        {
            Start(draft, at, reported: false);
            draft.Contact();
        }
        else if (!draft.State.StartReported && at < draft.State.StartedAt)
        {
            var before = draft.State;
            draft.State = before with { StartedAt = at };
            Recount(draft, before, before.TrackerEndedAt ?? draft.Now);
        }
    }

    private static StepRow NewStep(Draft draft, ExecutionEvent.StepStarted e, DateTimeOffset at, byte[]? hash) => new()
    {
        Epoch = draft.State.Epoch,
        StepId = e.StepId,
        Sequence = draft.State.StepSequence + 1,
        Block = e.Block,
        BlockType = e.BlockType,
        ParentStepId = e.ParentStepId,
        StartedAt = at,
        TrackerStartedAt = draft.Now,
        Input = Traced(draft.State, e.Input),
        StartHash = hash,
    };

    /// <summary>A step whose end arrived without a start.</summary>
    private static StepRow NewStep(Draft draft, string stepId, DateTimeOffset at) => new()
    {
        Epoch = draft.State.Epoch,
        StepId = stepId,
        Sequence = draft.State.StepSequence + 1,
        Block = Unknown,
        StartedAt = at,
        TrackerStartedAt = draft.Now,
    };

    /// <summary>Adds the facts of a start to a step that has already ended. The step stays closed.</summary>
    private static StepRow Started(StepRow ended, Draft draft, ExecutionEvent.StepStarted e, DateTimeOffset at, byte[]? hash) => ended with
    {
        Block = ended.Block == Unknown ? e.Block : ended.Block,
        BlockType = ended.BlockType ?? e.BlockType,
        ParentStepId = ended.ParentStepId ?? e.ParentStepId,
        Input = ended.Input ?? Traced(draft.State, e.Input),
        StartHash = hash,
        StartedAt = at,
        EndedAt = ended.EndedAt is { } end ? Times.End(at, end, ended.TrackerEndedAt ?? draft.Now) : null,
    };

    private static string? StepLimit(ExecutionState state, bool opens = true) =>
        opens && state.OpenStepCount >= Limits.OpenSteps ? $"{Limits.OpenSteps:N0} steps are open."
        : state.StepSequence >= Limits.Steps ? $"The execution has {Limits.Steps:N0} steps."
        : null;

    private static byte[]? Traced(ExecutionState state, byte[]? payload) => state.IsTraced ? Payload.Cut(payload, Limits.TracePayload) : null;

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
    private static DateTimeOffset Ordered(DateTimeOffset at, DateTimeOffset now) => at < now ? at : now;

    /// <summary>Replaces the marker unless its time is later. Times are compared in whole milliseconds; an equal time replaces.</summary>
    private static Marker StartedLast(Marker? last, StepRow row, DateTimeOffset at) =>
        last is not null && Millisecond(last.At) > Millisecond(at)
            ? last
            : new Marker(row.StepId, row.Block, row.BlockType, Later(last?.At, at), row.StartedAt, null, null);

    /// <inheritdoc cref="StartedLast"/>
    private static Marker CompletedLast(Marker? last, StepRow row, DateTimeOffset at) =>
        last is not null && Millisecond(last.At) > Millisecond(at)
            ? Refreshed(last, row, withEnd: true)!
            : new Marker(row.StepId, row.Block, row.BlockType, Later(last?.At, at), row.StartedAt, row.EndedAt, row.Status == StepStatus.Succeeded);

    /// <summary>The started marker while no start is reported: the block that completed last. Any reported start replaces it.</summary>
    private static Marker ImpliedStart(Marker completed) => completed with { At = Marker.ImpliedAt, EndedAt = null, Success = null };

    /// <summary>
    /// Updates a marker from the row of its step. The start of a step may arrive after its end, and the end may name another block than the start.
    /// </summary>
    private static Marker? Refreshed(Marker? marker, StepRow row, bool withEnd) => marker is null || marker.StepId != row.StepId
        ? marker
        : marker with { Block = row.Block, BlockType = row.BlockType, StartedAt = row.StartedAt, EndedAt = withEnd ? row.EndedAt : null };

    private static DateTimeOffset Later(DateTimeOffset? one, DateTimeOffset other) => one is { } stored && stored > other ? stored : other;

    private static long Millisecond(DateTimeOffset at) => at.UtcTicks / TimeSpan.TicksPerMillisecond;
}
