using Orleans.Runtime;

namespace ExecutionGrains.Simulation;

/// <summary>
/// Runs the actors of one kind on one silo as Orleans runs grains: activates an actor at its first call, schedules its turns, deactivates it at random after a
/// call, and loses it when the silo is killed. Arguments are not copied: every contract is <c>[Immutable]</c>, so Orleans does not copy them either.
/// </summary>
internal sealed class ActorHost<TActor> : IDisposable
{
    /// <summary>Orleans's default. 30 s.</summary>
    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(30);

    private readonly Dictionary<string, Activation> _activations = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _kill = new();
    private readonly CancellationToken _killed;
    private readonly SimulatedTime _time;
    private readonly TimeProvider _clock;
    private readonly Func<string, TActor> _activate;
    private readonly Func<bool> _isForgotten;
    private readonly bool _interleaves;

    /// <param name="clock">Times the calls.</param>
    /// <param name="activate">Creates the actor for a key.</param>
    /// <param name="isForgotten">Called after each call that leaves its actor idle: whether to deactivate it.</param>
    /// <param name="interleaves">Whether the calls of one actor interleave; otherwise each waits for the previous one.</param>
    public ActorHost(SimulatedTime time, TimeProvider clock, Func<string, TActor> activate, Func<bool> isForgotten, bool interleaves)
    {
        (_time, _clock, _activate, _isForgotten, _interleaves) = (time, clock, activate, isForgotten, interleaves);
        _killed = _kill.Token;
    }

    /// <exception cref="TimeoutException">No answer within 30 s. The call continues.</exception>
    /// <exception cref="SiloUnavailableException">The silo was killed; it is unknown whether the call took effect.</exception>
    public async Task<T> CallAsync<T>(string key, Func<TActor, Task<T>> method)
    {
        var call = new Call();
        try
        {
            return await Start(key, method, call).WaitAsync(ResponseTimeout, _clock, _killed);
        }
        catch (TaskCanceledException) when (_killed.IsCancellationRequested)
        {
            throw new SiloUnavailableException("The silo was killed before the call ended.");
        }
        finally
        {
            // An interleaved call that timed out no longer keeps its activation, so a second activation may start beside it.
            if (_interleaves)
            {
                call.Leave();
            }
        }
    }

    /// <summary>Deactivates an actor unless a call is using it.</summary>
    public void Forget(string key)
    {
        if (_activations.TryGetValue(key, out var activation) && activation.CallCount == 0)
        {
            Forget(activation);
        }
    }

    /// <summary>Kills all actors; no call is answered any more.</summary>
    public void Dispose()
    {
        _kill.Cancel();
        _kill.Dispose();
    }

    private Task<T> Start<T>(string key, Func<TActor, Task<T>> method, Call call)
    {
        if (!_activations.TryGetValue(key, out var activation))
        {
            _activations.Add(key, activation = new(key, _activate(key), new TurnScheduler(_time)));
        }

        var before = _interleaves ? Task.CompletedTask : activation.LastCall;
        var run = Task.Factory.StartNew(
            () => RunAsync(activation, before, method, call), CancellationToken.None, TaskCreationOptions.DenyChildAttach, activation.Turns).Unwrap();
        activation.LastCall = run;
        return run;
    }

    private async Task<T> RunAsync<T>(Activation activation, Task before, Func<TActor, Task<T>> method, Call call)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        if (activation.IsForgotten)
        {
            return await Start(activation.Key, method, call);
        }

        call.Enter(activation);
        try
        {
            return await method(activation.Actor);
        }
        finally
        {
            call.Leave();
            if (activation is { CallCount: 0, IsForgotten: false } && _isForgotten())
            {
                Forget(activation);
            }
        }
    }

    private void Forget(Activation activation)
    {
        activation.IsForgotten = true;
        _activations.Remove(activation.Key);
    }

    private sealed class Activation(string key, TActor actor, TaskScheduler turns)
    {
        public string Key => key;

        public TActor Actor => actor;

        public TaskScheduler Turns => turns;

        public int CallCount { get; set; }

        public Task LastCall { get; set; } = Task.CompletedTask;

        public bool IsForgotten { get; set; }
    }

    private sealed class Call
    {
        private Activation? _activation;

        public void Enter(Activation activation)
        {
            _activation = activation;
            activation.CallCount++;
        }

        public void Leave()
        {
            if (_activation is { } activation)
            {
                activation.CallCount--;
                _activation = null;
            }
        }
    }
}
