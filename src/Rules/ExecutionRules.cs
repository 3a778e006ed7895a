namespace ExecutionGrains.Rules;

/// <summary>
/// Decides every command: <c>(state, stored, command, now) → decision</c>. Pure functions without clock or I/O. <see cref="StateMachine.Next"/> holds the
/// transitions; this class holds their conditions and effects.
/// </summary>
public static partial class ExecutionRules
{
    /// <param name="state">The current state. Null if the execution does not exist.</param>
    /// <param name="stored">The stored rows with the command's event id and step id, as far as the caller knows them. The commit checks the rest.</param>
    public static Decision Decide(ExecutionId id, ExecutionState? state, StoredRows stored, Command command, DateTimeOffset now, RuleSettings settings)
    {
        if (state is not null)
        {
            return WithClaimKey(state, command, Dispatch(new DecisionBuilder(state, now, settings), stored, command, created: false));
        }

        if (!MayCreate(command, out var @namespace, out var by, out var facts, out var refusal))
        {
            return new Decision { State = null, Result = Result.Rejected, Code = refusal };
        }

        var builder = NewExecution(id, @namespace!, by!, facts, now, settings);
        builder.State = builder.State with { CreatedKeyId = command.KeyId };
        return WithClaimKey(null, command, Dispatch(builder, stored, command, created: true));
    }

    /// <summary>Stores the id of the caller's key if the decision gave the claim to a worker and is written.</summary>
    private static Decision WithClaimKey(ExecutionState? before, Command command, Decision decision) =>
        command.KeyId is { } key && decision is { MustStore: true, State: { } after }
            && (decision.HoldsClaim || (after.Worker is not null && !ReferenceEquals(before?.Worker, after.Worker))) && after.ClaimedKeyId != key
            ? decision with { State = after with { ClaimedKeyId = key } }
            : decision;

    private static Decision Dispatch(DecisionBuilder builder, StoredRows stored, Command command, bool created) => command switch
    {
        Command.Create create => Create(builder, create, created),
        Command.Claim claim => Claim(builder, claim),
        Command.ApplyEvent report => ApplyEvent(builder, stored, report, failure: null),
        Command.CompleteWithoutPayloads r => ApplyEvent(builder, stored, new Command.ApplyEvent(r.Event, r.Epoch, r.Hash, r.By, r.Namespace), r.Failure),
        Command.Cancel cancel => Cancel(builder, cancel),
        Command.Resolve resolve => Resolve(builder, resolve),
        Command.Requeue requeue => Requeue(builder, requeue),
        Command.Delete => Delete(builder),
        Command.CheckDeadlines judge => CheckDeadlines(builder, judge),
        Command.ApplyDeadline ranOut => ApplyDeadline(builder, ranOut.Move),
        Command.Fence fence => Fence(builder, fence),
        _ => throw new ArgumentOutOfRangeException(nameof(command)),
    };

    /// <summary>Whether a command may create the execution. Only creates and events can, and only with a namespace.</summary>
    private static bool MayCreate(Command command, out string? @namespace, out string? by, out ExecutionFacts facts, out Code refusal)
    {
        (@namespace, by, facts, refusal) = command switch
        {
            Command.Create c => (c.Facts.Namespace ?? c.Namespace, c.By, c.Facts, Code.Forbidden),
            Command.ApplyEvent r => (FactsOf(r.Event).Namespace ?? r.Namespace, r.By, ExecutionFacts.None, Code.Forbidden),
            Command.CompleteWithoutPayloads r => (FactsOf(r.Event).Namespace ?? r.Namespace, r.By, ExecutionFacts.None, Code.Forbidden),
            _ => (null, null, ExecutionFacts.None, Code.UnknownExecution),
        };
        return @namespace is not null;
    }

    private static ExecutionFacts FactsOf(ExecutionEvent @event) => @event switch
    {
        ExecutionEvent.ExecutionStarted e => e.Facts,
        ExecutionEvent.ExecutionCompleted e => e.Facts,
        _ => StatedNames(@event) ?? ExecutionFacts.None,
    };

    /// <summary>
    /// The workflow and namespace that an event names. Null if it names none, and for start and end of the execution, whose facts hold them.
    /// </summary>
    private static ExecutionFacts? StatedNames(ExecutionEvent @event) =>
        (@event.Workflow ?? @event.Namespace) is null || @event is ExecutionEvent.ExecutionStarted or ExecutionEvent.ExecutionCompleted
            ? null
            : new ExecutionFacts { Workflow = @event.Workflow, Namespace = @event.Namespace };

    private static DecisionBuilder NewExecution(ExecutionId id, string @namespace, string by, ExecutionFacts facts, DateTimeOffset now, RuleSettings settings)
    {
        var state = new ExecutionState
        {
            Id = id,
            Namespace = @namespace,
            CreatedBy = by,
            CreatedAt = now,
            Facts = facts,
            CreateStated = !FactsMerge.AreEqual(facts, ExecutionFacts.None),
        };
        var builder = new DecisionBuilder(state, now, settings);
        builder.Enter(ExecutionStatus.Pending);
        builder.Record("execution.created", Result.Applied, facts: HistoryRowJson.Created(by, @namespace, facts));
        return builder;
    }

    private static Decision Create(DecisionBuilder builder, Command.Create create, bool created)
    {
        var before = builder.State;
        if (ConflictingField(before, before.Facts, create.Facts) is { } field)
        {
            return DecisionBuilder.Unchanged(before, Result.Rejected, Code.Conflict, $"{field} conflicts with the stored value.");
        }

        if (FactsMerge.ExceededLimit(before.Facts.MergeOver(create.Facts)) is { } limit)
        {
            return DecisionBuilder.Unchanged(before, Result.Rejected, Code.LimitExceeded, limit);
        }

        var createStated = before.CreateStated || !FactsMerge.AreEqual(create.Facts, ExecutionFacts.None);
        var filled = SetFacts(builder, before.Facts.MergeOver(create.Facts), before.Stated.MergeOver(create.Facts), createStated);
        if (!created && !ReferenceEquals(builder.State, before))
        {
            builder.Record("execution.created", filled ? Result.Applied : Result.Duplicate, facts: HistoryRowJson.Created(create.By, null, create.Facts));
        }

        if (before.IsFinal)
        {
            Recount(builder, before, before.TrackerEndedAt ?? builder.Now);
        }

        if (create.Start is not { } worker)
        {
            return builder.Answer(created || filled ? Result.Applied : Result.Duplicate);
        }

        if (HeldBy(builder.State, worker) && before.StartReported)
        {
            builder.RecordContact();
            return builder.Answer(filled ? Result.Applied : Result.Duplicate, holdsClaim: true);
        }

        if (ClaimRefusal(builder.State, worker) is { } refusal)
        {
            return DecisionBuilder.Unchanged(before, Result.Rejected, refusal);
        }

        if (builder.State.Status == ExecutionStatus.Paused)
        {
            return Claim(builder, new Command.Claim(worker, create.By));
        }

        TakeClaim(builder, worker);
        Start(builder, create.StartAt, reported: true);
        builder.Record("execution.started", Result.Applied, create.StartAt, facts: HistoryRowJson.Worker(worker, create.By));
        builder.RecordContact();
        return builder.Answer(Result.Applied, holdsClaim: true);
    }

    private static Decision Claim(DecisionBuilder builder, Command.Claim claim)
    {
        if (HeldBy(builder.State, claim.Worker))
        {
            return ClaimAgain(builder, claim);
        }

        if (ClaimRefusal(builder.State, claim.Worker) is { } refusal)
        {
            return DecisionBuilder.Unchanged(builder.State, Result.Rejected, refusal);
        }

        if (builder.State.Status == ExecutionStatus.Paused)
        {
            CloseSteps(builder, builder.Now);
            NextEpoch(builder, ExecutionStatus.Paused, ended: null);
        }

        builder.TryMove(Move.Claim);
        TakeClaim(builder, claim.Worker);
        builder.Record("execution.claimed", Result.Applied, facts: HistoryRowJson.Worker(claim.Worker, claim.By));
        builder.Renew(mustStore: true);
        return builder.Answer(Result.Applied, holdsClaim: true);
    }

    /// <summary>
    /// A repeated claim by the worker that holds it, for example after a lost answer. Before the first report it restarts the claim timeout (S22); after it,
    /// it is a sign of life.
    /// </summary>
    private static Decision ClaimAgain(DecisionBuilder builder, Command.Claim claim)
    {
        if (builder.State is not { Status: ExecutionStatus.Claimed, Followed: false })
        {
            builder.RecordContact();
            return builder.Answer(Result.Duplicate, holdsClaim: true);
        }

        TakeClaim(builder, claim.Worker);
        builder.State = builder.State with { ClaimedAt = builder.Now, LastContactAt = builder.Now };
        builder.Record("execution.claimed", Result.Duplicate, facts: HistoryRowJson.Worker(claim.Worker, claim.By));
        builder.Renew(mustStore: true);
        return builder.Answer(Result.Duplicate, holdsClaim: true);
    }

    private static bool HeldBy(ExecutionState state, Worker worker) => !state.IsFinal && IsHolder(state, worker);

    /// <summary>
    /// Whether the worker has the id and incarnation of the claim, also after the end. The incarnation is compared only if both sides name one.
    /// </summary>
    private static bool IsHolder(ExecutionState state, Worker worker) =>
        state.Worker is { } holder
        && holder.WorkerId == worker.WorkerId
        && (holder.Incarnation is null || worker.Incarnation is null || holder.Incarnation == worker.Incarnation);

    private static Code? ClaimRefusal(ExecutionState state, Worker worker) =>
        state.IsFinal ? Code.AlreadyFinished
        : state.Status is ExecutionStatus.Pending or ExecutionStatus.Paused ? null
        : state.Worker is not null && !HeldBy(state, worker) ? Code.AlreadyClaimed
        : null;

    private static void TakeClaim(DecisionBuilder builder, Worker worker)
    {
        if (builder.State.Worker is { } holder && holder.WorkerId == worker.WorkerId)
        {
            builder.State = builder.State with { Worker = holder with { Incarnation = holder.Incarnation ?? worker.Incarnation } };
            return;
        }

        builder.State = builder.State with { Worker = worker, ClaimedAt = builder.Now, Followed = false, FinalReportRefused = false };
    }

    /// <summary>
    /// Starts a pending or claimed execution, or sets the start time of a running one. An event other than a start implies a start; the implied time is that
    /// of the earliest such event.
    /// </summary>
    private static void Start(DecisionBuilder builder, DateTimeOffset? at, bool reported)
    {
        if (builder.State.Status is ExecutionStatus.Pending or ExecutionStatus.Claimed && builder.TryMove(Move.Start))
        {
            StartedNow(builder, at ?? builder.Now);
        }

        if (!reported && !builder.State.StartReported && at < builder.State.StartedAt)
        {
            builder.State = builder.State with { StartedAt = at };
        }

        if (reported && !builder.State.StartReported)
        {
            var started = at ?? builder.State.TrackerStartedAt ?? builder.Now;
            builder.State = builder.State with { StartReported = true, StartedAt = started };
        }
    }

    private static void StartedNow(DecisionBuilder builder, DateTimeOffset at)
    {
        builder.State = builder.State with
        {
            Attempts = builder.State.Attempts + 1,
            StartedAt = at,
            TrackerStartedAt = builder.Now,
            TimeoutFrom = builder.Now,
        };
        builder.Renew(mustStore: true);
    }

    private static string? ConflictingField(ExecutionState state, ExecutionFacts stated, ExecutionFacts says) =>
        says.Namespace is { } wanted && wanted != state.Namespace ? "namespace" : FactsMerge.ConflictingField(stated, says);

    /// <summary>Fills empty facts from an event. True if a fact changed.</summary>
    private static bool FillFacts(DecisionBuilder builder, ExecutionFacts stated) => SetFacts(builder, builder.State.Facts.MergeOver(stated));

    /// <summary>Replaces the facts by those that an event stated. True if a fact changed.</summary>
    private static bool SetFacts(DecisionBuilder builder, ExecutionFacts facts) => SetFacts(builder, facts, builder.State.Stated, builder.State.CreateStated);

    private static bool SetFacts(DecisionBuilder builder, ExecutionFacts facts, ExecutionFacts stated, bool createStated)
    {
        var others = createStated ? facts.Without(stated) : ExecutionFacts.None;
        var eventFacts = FactsMerge.AreEqual(others, ExecutionFacts.None) ? null : others;
        if (FactsMerge.AreEqual(facts, builder.State.Facts))
        {
            if (createStated != builder.State.CreateStated
                || !FactsMerge.AreEqual(eventFacts ?? ExecutionFacts.None, builder.State.EventFacts ?? ExecutionFacts.None))
            {
                builder.State = builder.State with { CreateStated = createStated, EventFacts = eventFacts };
            }

            return false;
        }

        var (status, term) = (builder.State.Status, builder.State.LeaseTerm);
        var renamed = facts.Workflow != builder.State.Facts.Workflow && !builder.State.IsFinal;
        if (renamed)
        {
            builder.Add(new Effect.ChangeLiveCount(builder.State.Workflow, status, -1));
        }

        builder.State = builder.State with { Facts = facts, CreateStated = createStated, EventFacts = eventFacts };
        if (renamed)
        {
            builder.Add(new Effect.ChangeLiveCount(builder.State.Workflow, status, 1));
        }

        if (builder.State.LeaseTerm != term)
        {
            // The new lease starts now. It is stored at once, because the janitor needs the new due time even if no further report arrives.
            builder.Renew(mustStore: true);
        }

        return true;
    }
}
