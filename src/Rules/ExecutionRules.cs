namespace ExecutionGrains.Rules;

/// <summary>
/// Decides every command: <c>(state, prior, command, now) → decision</c>. Pure functions without clock or I/O. <see cref="StateMachine.Next"/> holds the
/// transitions; this class holds their conditions and effects.
/// </summary>
public static partial class ExecutionRules
{
    /// <param name="state">The current state. Null if the execution does not exist.</param>
    /// <param name="prior">The stored rows with the command's event id and step id, as far as the caller knows them. The commit checks the rest.</param>
    public static Decision Decide(ExecutionId id, ExecutionState? state, Prior prior, Command command, DateTimeOffset now, RuleSettings settings)
    {
        if (state is not null)
        {
            return Owned(state, command, Dispatch(new Draft(state, now, settings), prior, command, created: false));
        }

        if (!MayMake(command, out var @namespace, out var by, out var facts, out var refusal))
        {
            return new Decision { State = null, Result = Result.Rejected, Code = refusal };
        }

        var made = Make(id, @namespace!, by!, facts, now, settings);
        made.State = made.State with { CreatedKeyId = command.KeyId };
        return Owned(null, command, Dispatch(made, prior, command, created: true));
    }

    /// <summary>Stores the id of the caller's key if the decision gave the claim to a worker and is written.</summary>
    private static Decision Owned(ExecutionState? before, Command command, Decision decision) =>
        command.KeyId is { } key && decision is { Store: true, State: { } after }
            && (decision.Claimed || (after.Worker is not null && !ReferenceEquals(before?.Worker, after.Worker))) && after.ClaimedKeyId != key
            ? decision with { State = after with { ClaimedKeyId = key } }
            : decision;

    private static Decision Dispatch(Draft draft, Prior prior, Command command, bool created) => command switch
    {
        Command.Create create => Create(draft, create, created),
        Command.Claim claim => Claim(draft, claim),
        Command.Report report => Report(draft, prior, report, failure: null),
        Command.Reduce r => Report(draft, prior, new Command.Report(r.Event, r.Epoch, r.Hash, r.By, r.Namespace), r.Failure),
        Command.Cancel cancel => Cancel(draft, cancel),
        Command.Resolve resolve => Resolve(draft, resolve),
        Command.Requeue requeue => Requeue(draft, requeue),
        Command.Delete => Delete(draft),
        Command.Judge judge => Judge(draft, judge),
        Command.RunOut ranOut => RunOut(draft, ranOut.Move),
        Command.Fence fence => Fence(draft, fence),
        _ => throw new ArgumentOutOfRangeException(nameof(command)),
    };

    /// <summary>Whether a command may create the execution. Only creates and events can, and only with a namespace.</summary>
    private static bool MayMake(Command command, out string? @namespace, out string? by, out ExecutionFacts facts, out Code refusal)
    {
        (@namespace, by, facts, refusal) = command switch
        {
            Command.Create c => (c.Facts.Namespace ?? c.Namespace, c.By, c.Facts, Code.Forbidden),
            Command.Report r => (FactsOf(r.Event).Namespace ?? r.Namespace, r.By, ExecutionFacts.None, Code.Forbidden),
            Command.Reduce r => (FactsOf(r.Event).Namespace ?? r.Namespace, r.By, ExecutionFacts.None, Code.Forbidden),
            _ => (null, null, ExecutionFacts.None, Code.UnknownExecution),
        };
        return @namespace is not null;
    }

    private static ExecutionFacts FactsOf(ExecutionEvent @event) => @event switch
    {
        ExecutionEvent.ExecutionStarted e => e.Facts,
        ExecutionEvent.ExecutionCompleted e => e.Facts,
        _ => Named(@event) ?? ExecutionFacts.None,
    };

    /// <summary>
    /// The workflow and namespace that an event names. Null if it names none, and for start and end of the execution, whose facts hold them.
    /// </summary>
    private static ExecutionFacts? Named(ExecutionEvent @event) =>
        (@event.Workflow ?? @event.Namespace) is null || @event is ExecutionEvent.ExecutionStarted or ExecutionEvent.ExecutionCompleted
            ? null
            : new ExecutionFacts { Workflow = @event.Workflow, Namespace = @event.Namespace };

    private static Draft Make(ExecutionId id, string @namespace, string by, ExecutionFacts facts, DateTimeOffset now, RuleSettings settings)
    {
        var state = new ExecutionState
        {
            Id = id,
            Namespace = @namespace,
            CreatedBy = by,
            CreatedAt = now,
            Facts = facts,
            CreateStated = !FactsRules.Same(facts, ExecutionFacts.None),
        };
        var draft = new Draft(state, now, settings);
        draft.Enter(ExecutionStatus.Pending);
        draft.Record("execution.created", Result.Applied, facts: RowFacts.Created(by, @namespace, facts));
        return draft;
    }

    private static Decision Create(Draft draft, Command.Create create, bool created)
    {
        var before = draft.State;
        if (Contradiction(before, before.Facts, create.Facts) is { } field)
        {
            return Draft.Unchanged(before, Result.Rejected, Code.Conflict, $"{field} conflicts with the stored value.");
        }

        if (FactsRules.Overfull(before.Facts.Or(create.Facts)) is { } limit)
        {
            return Draft.Unchanged(before, Result.Rejected, Code.LimitExceeded, limit);
        }

        var createStated = before.CreateStated || !FactsRules.Same(create.Facts, ExecutionFacts.None);
        var filled = Adopt(draft, before.Facts.Or(create.Facts), before.Stated.Or(create.Facts), createStated);
        if (!created && !ReferenceEquals(draft.State, before))
        {
            draft.Record("execution.created", filled ? Result.Applied : Result.Duplicate, facts: RowFacts.Created(create.By, null, create.Facts));
        }

        if (before.IsFinal)
        {
            Recount(draft, before, before.TrackerEndedAt ?? draft.Now);
        }

        if (create.Start is not { } worker)
        {
            return draft.Answer(created || filled ? Result.Applied : Result.Duplicate);
        }

        if (HeldBy(draft.State, worker) && before.StartReported)
        {
            draft.Contact();
            return draft.Answer(filled ? Result.Applied : Result.Duplicate, claimed: true);
        }

        if (ClaimRefusal(draft.State, worker) is { } refusal)
        {
            return Draft.Unchanged(before, Result.Rejected, refusal);
        }

        if (draft.State.Status == ExecutionStatus.Paused)
        {
            return Claim(draft, new Command.Claim(worker, create.By));
        }

        TakeClaim(draft, worker);
        Start(draft, create.StartAt, reported: true);
        draft.Record("execution.started", Result.Applied, create.StartAt, facts: RowFacts.Worker(worker, create.By));
        draft.Contact();
        return draft.Answer(Result.Applied, claimed: true);
    }

    private static Decision Claim(Draft draft, Command.Claim claim)
    {
        if (HeldBy(draft.State, claim.Worker))
        {
            return ClaimAgain(draft, claim);
        }

        if (ClaimRefusal(draft.State, claim.Worker) is { } refusal)
        {
            return Draft.Unchanged(draft.State, Result.Rejected, refusal);
        }

        if (draft.State.Status == ExecutionStatus.Paused)
        {
            CloseSteps(draft, draft.Now);
            NextEpoch(draft, ExecutionStatus.Paused, ended: null);
        }

        draft.TryMove(Move.Claim);
        TakeClaim(draft, claim.Worker);
        draft.Record("execution.claimed", Result.Applied, facts: RowFacts.Worker(claim.Worker, claim.By));
        draft.Renew(store: true);
        return draft.Answer(Result.Applied, claimed: true);
    }

    /// <summary>
    /// A repeated claim by the worker that holds it, for example after a lost answer. Before the first report it restarts the claim timeout (S22); after it,
    /// it is a sign of life.
    /// </summary>
    private static Decision ClaimAgain(Draft draft, Command.Claim claim)
    {
        if (draft.State is not { Status: ExecutionStatus.Claimed, Followed: false })
        {
            draft.Contact();
            return draft.Answer(Result.Duplicate, claimed: true);
        }

        TakeClaim(draft, claim.Worker);
        draft.State = draft.State with { ClaimedAt = draft.Now, LastContactAt = draft.Now };
        draft.Record("execution.claimed", Result.Duplicate, facts: RowFacts.Worker(claim.Worker, claim.By));
        draft.Renew(store: true);
        return draft.Answer(Result.Duplicate, claimed: true);
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

    private static void TakeClaim(Draft draft, Worker worker)
    {
        if (draft.State.Worker is { } holder && holder.WorkerId == worker.WorkerId)
        {
            draft.State = draft.State with { Worker = holder with { Incarnation = holder.Incarnation ?? worker.Incarnation } };
            return;
        }

        draft.State = draft.State with { Worker = worker, ClaimedAt = draft.Now, Followed = false, FinalReportRefused = false };
    }

    /// <summary>
    /// Starts a pending or claimed execution, or sets the start time of a running one. An event other than a start implies a start; the implied time is that
    /// of the earliest such event.
    /// </summary>
    private static void Start(Draft draft, DateTimeOffset? at, bool reported)
    {
        if (draft.State.Status is ExecutionStatus.Pending or ExecutionStatus.Claimed && draft.TryMove(Move.Start))
        {
            StartedNow(draft, at ?? draft.Now);
        }

        if (!reported && !draft.State.StartReported && at < draft.State.StartedAt)
        {
            draft.State = draft.State with { StartedAt = at };
        }

        if (reported && !draft.State.StartReported)
        {
            var started = at ?? draft.State.TrackerStartedAt ?? draft.Now;
            draft.State = draft.State with { StartReported = true, StartedAt = started };
        }
    }

    private static void StartedNow(Draft draft, DateTimeOffset at)
    {
        draft.State = draft.State with
        {
            Attempts = draft.State.Attempts + 1,
            StartedAt = at,
            TrackerStartedAt = draft.Now,
            TimeoutFrom = draft.Now,
        };
        draft.Renew(store: true);
    }

    private static string? Contradiction(ExecutionState state, ExecutionFacts stated, ExecutionFacts says) =>
        says.Namespace is { } wanted && wanted != state.Namespace ? "namespace" : FactsRules.Contradiction(stated, says);

    /// <summary>Fills empty facts from an event. True if a fact changed.</summary>
    private static bool Fill(Draft draft, ExecutionFacts says) => Adopt(draft, draft.State.Facts.Or(says));

    /// <summary>Replaces the facts by those that an event stated. True if a fact changed.</summary>
    private static bool Adopt(Draft draft, ExecutionFacts facts) => Adopt(draft, facts, draft.State.Stated, draft.State.CreateStated);

    private static bool Adopt(Draft draft, ExecutionFacts facts, ExecutionFacts stated, bool createStated)
    {
        var others = createStated ? facts.Without(stated) : ExecutionFacts.None;
        var eventFacts = FactsRules.Same(others, ExecutionFacts.None) ? null : others;
        if (FactsRules.Same(facts, draft.State.Facts))
        {
            if (createStated != draft.State.CreateStated || !FactsRules.Same(eventFacts ?? ExecutionFacts.None, draft.State.EventFacts ?? ExecutionFacts.None))
            {
                draft.State = draft.State with { CreateStated = createStated, EventFacts = eventFacts };
            }

            return false;
        }

        var (status, term) = (draft.State.Status, draft.State.LeaseTerm);
        var renamed = facts.Workflow != draft.State.Facts.Workflow && !draft.State.IsFinal;
        if (renamed)
        {
            draft.Add(new Effect.Live(draft.State.Workflow, status, -1));
        }

        draft.State = draft.State with { Facts = facts, CreateStated = createStated, EventFacts = eventFacts };
        if (renamed)
        {
            draft.Add(new Effect.Live(draft.State.Workflow, status, 1));
        }

        if (draft.State.LeaseTerm != term)
        {
            // The new lease starts now. It is stored at once, because the janitor needs the new due time even if no further report arrives.
            draft.Renew(store: true);
        }

        return true;
    }
}
