namespace ExecutionGrains.Rules;

/// <content>Steps: rows of their own, of which the state holds counters and two markers.</content>
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
        // The state is copied once: this is on the way of every event.
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

    /// <summary>A step event starts a pending or claimed execution and is a sign of life; of a finished one it can only move an implied start back.</summary>
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

    /// <summary>One of which nobody reported the start.</summary>
    private static StepRow NewStep(Draft draft, string stepId, DateTimeOffset at) => new()
    {
        Epoch = draft.State.Epoch,
        StepId = stepId,
        Sequence = draft.State.StepSequence + 1,
        Block = Unknown,
        StartedAt = at,
        TrackerStartedAt = draft.Now,
    };

    /// <summary>The start of a step that has ended already: its facts, and no reopening.</summary>
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

    /// <summary>The time that a marker is ordered by: the producer's, but at most the tracker's, so that a fast clock cannot pin the marker (rule 5).</summary>
    private static DateTimeOffset Ordered(DateTimeOffset at, DateTimeOffset now) => at < now ? at : now;

    /// <summary>Replaced when the stored time is not later: the same millisecond replaces, an older one never does.</summary>
    private static Marker StartedLast(Marker? last, StepRow row, DateTimeOffset at) =>
        last is not null && Millisecond(last.At) > Millisecond(at)
            ? last
            : new Marker(row.StepId, row.Block, row.BlockType, Later(last?.At, at), row.StartedAt, null, null);

    /// <inheritdoc cref="StartedLast"/>
    private static Marker CompletedLast(Marker? last, StepRow row, DateTimeOffset at) =>
        last is not null && Millisecond(last.At) > Millisecond(at)
            ? Refreshed(last, row, withEnd: true)!
            : new Marker(row.StepId, row.Block, row.BlockType, Later(last?.At, at), row.StartedAt, row.EndedAt, row.Status == StepStatus.Succeeded);

    /// <summary>While no start is reported, the block that completed last counts as the last that started; the time of a reported start replaces it.</summary>
    private static Marker ImpliedStart(Marker completed) => completed with { At = Marker.ImpliedAt, EndedAt = null, Success = null };

    /// <summary>The marker with the facts that its step has now: its start may come after its end, and its end may name another block.</summary>
    private static Marker? Refreshed(Marker? marker, StepRow row, bool withEnd) => marker is null || marker.StepId != row.StepId
        ? marker
        : marker with { Block = row.Block, BlockType = row.BlockType, StartedAt = row.StartedAt, EndedAt = withEnd ? row.EndedAt : null };

    private static DateTimeOffset Later(DateTimeOffset? one, DateTimeOffset other) => one is { } stored && stored > other ? stored : other;

    private static long Millisecond(DateTimeOffset at) => at.UtcTicks / TimeSpan.TicksPerMillisecond;
}
