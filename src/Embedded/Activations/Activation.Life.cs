using Microsoft.Extensions.Logging;

namespace ExecutionGrains.Embedded;

internal sealed partial class Activation
{
    [ThreadStatic]
    private static Activation? _underConstruction;

    private readonly TaskCompletionSource _whenGone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource? _whenIdle;
    private IAsyncDisposable? _scope;
    private DeactivationReason? _reason;
    private bool _isDeactivationStarted;
    private bool _isTouched;
    private DateTimeOffset _idleSince;

    /// <summary>The activation whose grain's constructor runs on this thread.</summary>
    public static Activation? UnderConstruction => _underConstruction;

    /// <summary>Completes when this activation has left memory.</summary>
    public Task WhenGone => _whenGone.Task;

    private bool IsIdle => _running == 0 && _waiting is null or { Count: 0 }
        && _status is ActivationStatus.Created or ActivationStatus.Valid or ActivationStatus.Gone;

    /// <summary>Completes when no call runs or waits.</summary>
    public Task WhenIdle()
    {
        lock (_gate)
        {
            return IsIdle ? Task.CompletedTask : (_whenIdle ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Lets the running calls end, calls OnDeactivateAsync, and hands on what waits.</summary>
    public void Deactivate(DeactivationReason reason)
    {
        Queue<GrainCall>? orphans = null;
        lock (_gate)
        {
            _reason ??= reason;
            if (_status == ActivationStatus.Created)
            {
                orphans = Vanish();
            }
            else if (_status == ActivationStatus.Valid)
            {
                _status = ActivationStatus.Deactivating;
                Next();
            }
        }

        HandOn(orphans);
    }

    /// <summary>Forgets the grain as a crash would, without OnDeactivateAsync, unless a call is in progress.</summary>
    public bool TryDrop()
    {
        Queue<GrainCall> orphans;
        lock (_gate)
        {
            if (_running > 0 || _status != ActivationStatus.Valid)
            {
                return false;
            }

            orphans = Vanish();
        }

        HandOn(orphans);
        return true;
    }

    /// <summary>A pass of the idle collection: deactivates when nothing has come since an earlier pass that is long enough ago.</summary>
    public void CollectIfIdle(DateTimeOffset now, TimeSpan age)
    {
        lock (_gate)
        {
            if (_isTouched || !IsIdle || _idleSince == default)
            {
                _isTouched = false;
                _idleSince = now;
                return;
            }

            if (now - _idleSince < age)
            {
                return;
            }
        }

        Deactivate(new DeactivationReason(DeactivationReasonCode.ActivationIdle, $"No call for {age}."));
    }

    private async Task ActivateAsync()
    {
        try
        {
            var states = Construct();
            foreach (var state in states)
            {
                await state.ReadStateAsync();
            }

            using var timeout = new CancellationTokenSource(Silo.Options.ResponseTimeout, Silo.CallClock);
            await Instance.OnActivateAsync(timeout.Token).WaitAsync(timeout.Token);
        }
        catch (Exception exception)
        {
            await FailActivationAsync(exception);
            return;
        }

        lock (_gate)
        {
            _status = ActivationStatus.Valid;
            Next();
            if (_reason is not null)
            {
                // Asked to go while it came: it serves the first that waited, so that no call is handed on for ever.
                _status = ActivationStatus.Deactivating;
                Next();
            }
        }
    }

    private IReadOnlyList<IGrainStateRecord> Construct()
    {
        _underConstruction = this;
        try
        {
            (Instance, var states, _scope) = kind.Construct(Id);
            return states;
        }
        finally
        {
            _underConstruction = null;
        }
    }

    private async Task FailActivationAsync(Exception exception)
    {
        Silo.Log.LogWarning(exception, "Grain {Grain} could not be activated.", Id);
        Queue<GrainCall> failed;
        lock (_gate)
        {
            failed = Vanish();
        }

        foreach (var call in failed)
        {
            call.Fail(exception);
        }

        await DisposeScopeAsync();
    }

    private async Task DeactivateAsync()
    {
        try
        {
            using var timeout = new CancellationTokenSource(Silo.Options.ResponseTimeout, Silo.CallClock);
            await Instance.OnDeactivateAsync(_reason!.Value, timeout.Token).WaitAsync(timeout.Token);
        }
        catch (Exception exception)
        {
            Silo.Log.LogWarning(exception, "OnDeactivateAsync of grain {Grain} failed.", Id);
        }

        await DisposeAsync();
        Queue<GrainCall> orphans;
        lock (_gate)
        {
            orphans = Vanish();
        }

        HandOn(orphans);
    }

    private async Task DisposeAsync()
    {
        try
        {
            if (Instance is IAsyncDisposable asynchronous)
            {
                await asynchronous.DisposeAsync();
            }
            else if (Instance is IDisposable disposable)
            {
                disposable.Dispose();
            }
        }
        catch (Exception exception)
        {
            Silo.Log.LogWarning(exception, "Grain {Grain} could not be disposed of.", Id);
        }

        await DisposeScopeAsync();
    }

    private async Task DisposeScopeAsync()
    {
        try
        {
            await (_scope?.DisposeAsync() ?? ValueTask.CompletedTask);
        }
        catch (Exception exception)
        {
            Silo.Log.LogWarning(exception, "The services of grain {Grain} could not be disposed of.", Id);
        }
    }

    /// <summary>Under the lock: from here on every call goes to a successor.</summary>
    /// <returns>The calls that waited here.</returns>
    private Queue<GrainCall> Vanish()
    {
        _status = ActivationStatus.Gone;
        kind.Remove(key, this);
        var orphans = _waiting ?? new Queue<GrainCall>();
        _waiting = null;
        _waitingInterleaved = 0;
        _whenGone.TrySetResult();
        _whenIdle?.TrySetResult();
        return orphans;
    }

    private void HandOn(Queue<GrainCall>? orphans)
    {
        while (orphans?.TryDequeue(out var call) == true)
        {
            kind.HandOn(key, call);
        }
    }
}
