using System.Buffers;
using static ExecutionGrains.Rules.StateMachine;

namespace ExecutionGrains.Rules;

/// <summary>The builder of one <see cref="Decision"/>: the state so far and the effects to store with it. Used for one call of the rules.</summary>
internal sealed class DecisionBuilder(ExecutionState state, DateTimeOffset now, RuleSettings settings)
{
    private readonly List<Effect> _effects = [];
    private bool _mustStore;

    public ExecutionState State { get; set; } = state;

    public DateTimeOffset Now { get; } = now;

    public RuleSettings Settings { get; } = settings;

    /// <summary>Requires the execution's row to be written even without effects.</summary>
    public void RequireStore() => _mustStore = true;

    public void Add(Effect effect) => _effects.Add(effect);

    public Decision Answer(Result result, Code? code = null, string? message = null, bool holdsClaim = false) => new()
    {
        State = State,
        Result = result,
        Code = code,
        Message = message,
        Effects = _effects,
        MustStore = _mustStore || _effects.Count > 0,
        HoldsClaim = holdsClaim,
    };

    /// <summary>A decision that changes nothing; the changes so far are dropped.</summary>
    public static Decision Unchanged(ExecutionState state, Result result, Code? code = null, string? message = null, bool holdsClaim = false) =>
        new() { State = state, Result = result, Code = code, Message = message, HoldsClaim = holdsClaim };

    /// <summary>Adds a history row with the next sequence number. The results applied and late also increment the version.</summary>
    public void Record(
        string type, Result result, DateTimeOffset? at = null, string? eventId = null, byte[]? hash = null, Code? code = null, byte[]? facts = null)
    {
        State = State with { HistorySequence = State.HistorySequence + 1, Version = State.Version + (result is Result.Applied or Result.Late ? 1 : 0) };
        Add(HistoryRow(type, result, at, eventId, hash, code, facts));
    }

    /// <summary>Adds the history row of an applied event whose sequence and version the caller has already set. Saves one copy of the state.</summary>
    public void AddApplied(Command.ApplyEvent report) =>
        Add(HistoryRow(report.Event.Type, Result.Applied, report.Event.At, report.Event.EventId, report.Hash, null, HistoryRowJson.Event(report, null)));

    public void Record(Command.ApplyEvent report, Result result, Code? code = null, string? failure = null) =>
        Record(report.Event.Type, result, report.Event.At, report.Event.EventId, report.Hash, code, HistoryRowJson.Event(report, failure));

    /// <summary>Adds the history row of an action of an operator or of the tracker.</summary>
    public void Record(string type, string by, string? reason) => Record(type, Result.Applied, facts: HistoryRowJson.Action(by, reason));

    /// <summary>Applies a transition and its change of the live counts. False if the state machine refuses it.</summary>
    public bool TryMove(Move move)
    {
        if (Next(State.Status, move) is not { } next)
        {
            return false;
        }

        if (next != State.Status)
        {
            Leave();
            Enter(next);
        }

        return true;
    }

    /// <summary>Sets the status and counts the execution as live in it, unless the status is final.</summary>
    public void Enter(ExecutionStatus status)
    {
        State = State with { Status = status };
        if (!State.IsFinal)
        {
            Add(new Effect.ChangeLiveCount(State.Workflow, status, 1));
        }
    }

    /// <summary>
    /// Records a sign of life and extends the lease. The row is written only if less than half of the lease is left in the store, and for the first report
    /// after a claim.
    /// </summary>
    public void RecordContact()
    {
        _mustStore |= State.Worker is not null && !State.Followed;
        var (lease, stored) = ExtendedLease(atOnce: false);
        // A single copy of the state, because this runs for every event.
        State = State with { LastContactAt = Now, Followed = true, LeaseExpiresAt = lease, StoredLease = stored };
    }

    /// <summary>Restarts the lease from now. Transitions pass true for <paramref name="mustStore"/>, so that the store has the new lease at once.</summary>
    public void Renew(bool mustStore = false)
    {
        var (lease, stored) = ExtendedLease(mustStore);
        State = State with { LeaseExpiresAt = lease, StoredLease = stored };
    }

    private (DateTimeOffset? Lease, DateTimeOffset? Stored) ExtendedLease(bool atOnce)
    {
        if (State.LeaseTerm is not { } term || State.Status is not (ExecutionStatus.Claimed or ExecutionStatus.Running))
        {
            return (null, null);
        }

        var lease = Now + term;
        if (!atOnce && State.StoredLease is { } stored && stored - Now >= term / 2)
        {
            return (lease, stored);
        }

        _mustStore = true;
        return (lease, lease);
    }

    public static byte[] Json(Action<IBufferWriter<byte>> write)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        write(buffer);
        return buffer.WrittenSpan.ToArray();
    }

    private Effect.History HistoryRow(string type, Result result, DateTimeOffset? at, string? eventId, byte[]? hash, Code? code, byte[]? facts) =>
        new(State.HistorySequence, at, Now, State.Epoch, type, eventId, result, code, hash, result is not Result.Rejected && eventId is not null, facts);

    private void Leave()
    {
        if (!State.IsFinal)
        {
            Add(new Effect.ChangeLiveCount(State.Workflow, State.Status, -1));
        }
    }
}
