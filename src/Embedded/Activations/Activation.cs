using Orleans.Storage;

namespace ExecutionGrains.Embedded;

/// <summary>
/// One grain in memory: which calls may run (this file), and how it comes and goes (Activation.Life.cs). The lock guards the
/// bookkeeping only and is never held while grain code runs.
/// </summary>
internal sealed partial class Activation(GrainKind kind, string key)
{
    private readonly Lock _gate = new();
    private readonly TurnScheduler _turns = new(kind.Silo.Options.Scheduler);
    private Queue<GrainCall>? _waiting;
    private int _waitingInterleaved;
    private int _running;
    private GrainCall? _blocking;
    private ActivationStatus _status;

    public EmbeddedSilo Silo => kind.Silo;

    public string Id => kind.IdOf(key);

    public string Key => key;

    public GrainKind Kind => kind;

    /// <summary>Set before the first call begins.</summary>
    public Grain Instance { get; private set; } = null!;

    /// <summary>Starts the call or lets it wait its turn.</summary>
    /// <returns>What the caller awaits; null if this activation is gone and the call is for its successor.</returns>
    public Task? Submit(GrainCall call)
    {
        lock (_gate)
        {
            if (_status == ActivationStatus.Gone)
            {
                return null;
            }

            call.Activation = this;
            _isTouched = true;
            if (!MayBegin(call))
            {
                Wait(call);
                return call.Outcome;
            }

            Admit(call);
        }

        if (!_turns.TryRunNow(call.Turn))
        {
            call.Promise(Silo.Deadlines);
            call.Turn.Start(_turns);
        }

        return call.Outcome;
    }

    /// <summary>The call has ended in one way or another: who is next?</summary>
    public void End(GrainCall call, Exception? failure)
    {
        Queue<GrainCall>? orphans = null;
        lock (_gate)
        {
            Leave(call);
            _isTouched = true;
            if (_running == 0 && _status == ActivationStatus.Valid && Silo.DropsNow())
            {
                orphans = Vanish();
            }
            else
            {
                Next();
            }
        }

        HandOn(orphans);
        if (failure is InconsistentStateException)
        {
            Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationError, failure, "The state in memory is not the stored one."));
        }
    }

    /// <summary>The caller was told of a timeout. An interleaved call that never ends must not keep the activation.</summary>
    public void Abandon(GrainCall call)
    {
        lock (_gate)
        {
            if (call is { IsRunning: true, Method.Interleaves: true })
            {
                Leave(call);
                Next();
            }
        }
    }

    /// <summary>Only calls without [AlwaysInterleave] exclude one another.</summary>
    private bool MayBegin(GrainCall call) =>
        _status == ActivationStatus.Valid && (_blocking is null || call.Method.Interleaves);

    private void Admit(GrainCall call)
    {
        _running++;
        call.IsRunning = true;
        if (!call.Method.Interleaves)
        {
            _blocking = call;
        }
    }

    private void Leave(GrainCall call)
    {
        if (!call.IsRunning)
        {
            return;
        }

        call.IsRunning = false;
        _running--;
        if (_blocking == call)
        {
            _blocking = null;
        }
    }

    private void Wait(GrainCall call)
    {
        call.Promise(Silo.Deadlines);
        (_waiting ??= new Queue<GrainCall>()).Enqueue(call);
        if (call.Method.Interleaves)
        {
            _waitingInterleaved++;
        }

        if (_status == ActivationStatus.Created)
        {
            _status = ActivationStatus.Activating;
            StartTurn(ActivateAsync);
        }
    }

    private void Next()
    {
        if (_status == ActivationStatus.Valid)
        {
            BeginWaiting();
        }
        else if (_status == ActivationStatus.Deactivating && _running == 0 && !_isDeactivationStarted)
        {
            _isDeactivationStarted = true;
            StartTurn(DeactivateAsync);
        }

        if (IsIdle)
        {
            _whenIdle?.TrySetResult();
            _whenIdle = null;
        }
    }

    /// <summary>Looks past calls that may not begin only while an interleaved one waits behind them.</summary>
    private void BeginWaiting()
    {
        for (var left = _waiting?.Count ?? 0; left > 0 && (_blocking is null || _waitingInterleaved > 0); left--)
        {
            var call = _waiting!.Dequeue();
            if (!call.IsSettled && !MayBegin(call))
            {
                _waiting.Enqueue(call);
                continue;
            }

            _waitingInterleaved -= call.Method.Interleaves ? 1 : 0;
            if (!call.IsSettled)
            {
                Admit(call);
                call.Turn.Start(_turns);
            }
        }
    }

    /// <summary>Runs outside of any call, in this activation's turns and without the execution context of who happens to cause it.</summary>
    private void StartTurn(Func<Task> life)
    {
        var isSuppressed = ExecutionContext.IsFlowSuppressed();
        var flow = isSuppressed ? default : ExecutionContext.SuppressFlow();
        try
        {
            Task.Factory.StartNew(life, CancellationToken.None, TaskCreationOptions.DenyChildAttach, _turns);
        }
        finally
        {
            if (!isSuppressed)
            {
                flow.Undo();
            }
        }
    }
}
