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
                ? Repeated(draft, report)
                : Reject(draft, prior, report, Code.Conflict, "The step started already, with other facts.");
        }

        if (prior.Step is null && StepLimit(draft.State) is { } limit)
        {
            return Reject(draft, prior, report, Code.LimitExceeded, limit);
        }

        Touch(draft, e.At);
        var at = e.At ?? Times.Earlier(draft.Now, prior.Step?.EndedAt);
        var row = prior.Step is { } ended ? Started(ended, at, draft) : NewStep(draft, e.StepId, at, opens: true);
        row = row with
        {
            Block = prior.Step is null || row.Block == Unknown ? e.Block : row.Block,
            BlockType = row.BlockType ?? e.BlockType,
            ParentStepId = row.ParentStepId ?? e.ParentStepId,
            Input = row.Input ?? Traced(draft.State, e.Input),
            StartHash = report.Hash,
        };
        MarkStarted(draft, row, at);
        draft.Record(report, Result.Applied);
        draft.Add(new Effect.Step(row, prior.Step is null));
        return draft.Answer(Result.Applied);
    }

    private static Decision StepCompleted(Draft draft, Prior prior, Command.Report report, ExecutionEvent.StepCompleted e)
    {
        if (prior.Step is { IsOpen: false, Status: not StepStatus.Incomplete } closed)
        {
            return Same(closed.EndHash, report.Hash)
                ? Repeated(draft, report)
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
        draft.State = draft.State with
        {
            OpenStepCount = draft.State.OpenStepCount - (prior.Step is { IsOpen: true } ? 1 : 0),
            FailedStepCount = draft.State.FailedStepCount + (IsFailure(status) ? 1 : 0),
            StepCost = draft.State.StepCost + (e.Cost ?? 0),
        };
        if (prior.Step is null)
        {
            MarkStarted(draft, row, row.StartedAt);
        }

        MarkCompleted(draft, row, at);
        draft.Record(report, Result.Applied);
        draft.Add(new Effect.Step(row, prior.Step is null));
        return draft.Answer(Result.Applied);
    }

    /// <summary>A step event starts what is pending or claimed, and is a contact; on a finished execution it is neither.</summary>
    private static void Touch(Draft draft, DateTimeOffset? at)
    {
        if (!draft.State.IsFinal)
        {
            Start(draft, at, reported: false);
            draft.Contact();
        }
    }

    private static StepRow NewStep(Draft draft, string stepId, DateTimeOffset at, bool opens = false)
    {
        draft.State = draft.State with
        {
            StepSequence = draft.State.StepSequence + 1,
            StepCount = draft.State.StepCount + 1,
            OpenStepCount = draft.State.OpenStepCount + (opens ? 1 : 0),
        };
        return new StepRow
        {
            Epoch = draft.State.Epoch,
            StepId = stepId,
            Sequence = draft.State.StepSequence,
            Block = Unknown,
            StartedAt = at,
            TrackerStartedAt = draft.Now,
        };
    }

    /// <summary>The start of a step that has ended already: its facts, and no reopening.</summary>
    private static StepRow Started(StepRow ended, DateTimeOffset at, Draft draft) => ended with
    {
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

    /// <summary>Replaced when the stored time is not later: the same millisecond replaces, an older one never does.</summary>
    private static void MarkStarted(Draft draft, StepRow row, DateTimeOffset at)
    {
        if (draft.State.LastStarted is not { } last || Millisecond(last.At) <= Millisecond(at))
        {
            draft.State = draft.State with { LastStarted = new Marker(row.StepId, row.Block, row.BlockType, Later(draft.State.LastStarted?.At, at), row.StartedAt, null, null) };
        }
    }

    private static void MarkCompleted(Draft draft, StepRow row, DateTimeOffset at)
    {
        if (draft.State.LastCompleted is not { } last || Millisecond(last.At) <= Millisecond(at))
        {
            draft.State = draft.State with
            {
                LastCompleted = new Marker(
                    row.StepId, row.Block, row.BlockType, Later(draft.State.LastCompleted?.At, at), row.StartedAt, row.EndedAt, row.Status == StepStatus.Succeeded),
            };
        }
    }

    private static DateTimeOffset Later(DateTimeOffset? one, DateTimeOffset other) => one is { } stored && stored > other ? stored : other;

    private static long Millisecond(DateTimeOffset at) => at.UtcTicks / TimeSpan.TicksPerMillisecond;
}
