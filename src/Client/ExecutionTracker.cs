using ExecutionGrains.Client.Reporting;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace ExecutionGrains.Client;

/// <summary>
/// Starts and claims executions at a tracker. One per process and tracker is enough; safe to use from several threads. Dispose it when the process ends: it
/// then waits for what is still unsent (<see cref="TrackerOptions.ClosePatience"/>).
/// </summary>
public sealed class ExecutionTracker : IAsyncDisposable
{
    private static readonly TimeSpan LeaseDefault = new StartOptions().HeartbeatTimeout!.Value;

    /// <summary>The shortest lease that there is.</summary>
    private static readonly TimeSpan LeaseMin = TimeSpan.FromSeconds(1);

    private readonly TrackerCore _core;
    private int _disposed;

    /// <exception cref="ArgumentException">An option is out of its bounds; the message names all that are.</exception>
    public ExecutionTracker(ITransport transport, TrackerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(transport);
        options ??= new();
        options.Validate();
        _core = new TrackerCore(transport, options, Counters);
    }

    public TrackerCounters Counters { get; } = new();

    private TrackerOptions Options => _core.Options;

    /// <summary>
    /// Creates, claims and starts an execution. Safe to be repeated with the same id by the same process after the first one ended. Where the tracker does not
    /// answer within <see cref="TrackerOptions.AnswerWait"/>, the work begins without it: the start, and all that is written, is sent as soon as it answers.
    /// </summary>
    /// <param name="cancellationToken">Ends the start; what the tracker may have taken of it is ended as <c>cancel</c>. Remembered: an execution that is
    /// disposed after it fired ends as <c>cancel</c>, too.</param>
    /// <exception cref="TrackerException">Refused (<c>already_claimed</c>, <c>already_finished</c>, <c>conflict</c>, <c>forbidden</c> …), or an execution of
    /// this id runs in this tracker already (<c>already_claimed</c>).</exception>
    public async Task<ExecutionHandle> StartAsync(string workflow, StartOptions? start = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(workflow);
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        cancellationToken.ThrowIfCancellationRequested();
        start ??= new();
        var now = Options.TimeProvider.GetUtcNow();
        var execution = new ExecutionId(start.ExecutionId ?? Guid.CreateVersion7(now).ToString());
        var create = new CreateExecution
        {
            Facts = start.Facts(workflow, Options.Namespace),
            Start = new Worker(Options.WorkerId, Options.Incarnation),
            StartAt = (start.StartedAt ?? now).ToMicroseconds(),
        };
        var owner = new object();
        var reporter = Register(new Reporter(_core, execution, owner, start.Timeout, start.HeartbeatTimeout, create, null));
        reporter.Start();
        try
        {
            if (await _core.WithinAsync(reporter.Created, cancellationToken).ConfigureAwait(false))
            {
                await reporter.Created.ConfigureAwait(false);
            }
            else
            {
                Counters.CountUntracked();
            }
        }
        catch (OperationCanceledException)
        {
            reporter.Withdraw(new PendingEvent(new ExecutionEvent.ExecutionCompleted
            {
                EventId = reporter.NewId(),
                At = reporter.Now(),
                Outcome = Outcome.Cancel,
                Error = Payload.Error("cancel", "The start was cancelled before the work began."),
            }));
            throw;
        }

        return new ExecutionHandle(reporter, owner, start.ExplicitTrace, cancellationToken);
    }

    /// <summary>
    /// Takes over an execution that exists, pending or paused, and starts it; a paused one stays paused until resumed. Unlike a start it waits for the
    /// tracker's answer.
    /// </summary>
    /// <param name="start">Only <see cref="StartOptions.Timeout"/>, <see cref="StartOptions.HeartbeatTimeout"/> and <see cref="StartOptions.ExplicitTrace"/>
    /// count, as they were said at its creation.</param>
    /// <exception cref="TrackerException">As <see cref="StartAsync"/>, <c>unknown_execution</c>, or no answer within <see
    /// cref="TrackerOptions.ClaimPatience"/>. Where the claim was granted and the start then failed or was cancelled, the execution is ended as one disposed
    /// without an end.</exception>
    public async Task<ExecutionHandle> ClaimAsync(ExecutionId execution, StartOptions? start = null, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        if (_core.Live.ContainsKey(execution))
        {
            throw RunsAlready(execution);
        }

        var worker = new Worker(Options.WorkerId, Options.Incarnation);
        var grant = await AskAsync(execution, ct => _core.Transport.ClaimAsync(execution, worker, ct), cancellationToken).ConfigureAwait(false);
        start ??= new();
        var owner = new object();
        var reporter = Register(new Reporter(_core, execution, owner, start.Timeout, Lease(start.HeartbeatTimeout, grant), null, grant));
        var handle = new ExecutionHandle(reporter, owner, start.ExplicitTrace, cancellationToken);
        if (grant.Status is ExecutionStatus.Pending or ExecutionStatus.Claimed)
        {
            var started = new ExecutionEvent.ExecutionStarted
            {
                EventId = reporter.NewId(),
                At = (start.StartedAt ?? reporter.Now()).ToMicroseconds(),
                Worker = worker,
            };
            try
            {
                await handle.AskAsync(started, cancellationToken).ConfigureAwait(false);
            }
            catch
            {
                // Nobody else has the handle: without this it would beat for an execution that nobody runs.
                await handle.DisposeAsync().ConfigureAwait(false);
                throw;
            }
        }

        return handle;
    }

    /// <summary>
    /// Runs a whole execution: its result is the output, its exception the error of a <c>fail</c> (and is thrown on). Cancelled, it ends as
    /// <see cref="ExecutionHandle.CancelledAsync"/> says. Once the work has begun, nothing of the tracker's is thrown.
    /// </summary>
    /// <exception cref="TrackerException">The start was refused, as by <see cref="StartAsync"/>.</exception>
    /// <exception cref="ExecutionStoppedException">The work was cancelled because the execution's signal fired.</exception>
    public async Task<T> RunAsync<T>(
        string workflow, Func<ExecutionHandle, CancellationToken, Task<T>> work, StartOptions? start = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(work);
        await using var execution = await StartAsync(workflow, start, cancellationToken).ConfigureAwait(false);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(execution.Cancellation, cancellationToken);
        T result;
        try
        {
            result = await work(execution, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (execution.Cancellation.IsCancellationRequested || cancellationToken.IsCancellationRequested)
        {
            // Not when the linked one is cancelled: what the work linked itself may have been told first.
            var stopped = execution.Stopped(e);
            await ToldAsync(execution.CancelledAsync(cancellationToken: CancellationToken.None)).ConfigureAwait(false);
            if (stopped is not null)
            {
                throw stopped;
            }

            throw;
        }
        catch (Exception e)
        {
            await ToldAsync(execution.FailAsync(e, CancellationToken.None)).ConfigureAwait(false);
            throw;
        }

        await ToldAsync(execution.CompleteAsync(result, CancellationToken.None)).ConfigureAwait(false);
        return result;
    }

    /// <inheritdoc cref="RunAsync{T}"/>
    public Task RunAsync(
        string workflow, Func<ExecutionHandle, CancellationToken, Task> work, StartOptions? start = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(work);
        return RunAsync<object?>(
            workflow,
            async (execution, ct) =>
            {
                await work(execution, ct).ConfigureAwait(false);
                return null;
            },
            start,
            cancellationToken);
    }

    /// <summary>Waits for what is unsent, then ends the transport. Executions that have no end yet get none: dispose them first.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        var live = _core.Executions();
        foreach (var reporter in live)
        {
            reporter.Drain();
        }

        var stopped = Task.WhenAll(live.Select(reporter => reporter.Completion));
        try
        {
            if (Options.ClosePatience > TimeSpan.Zero || Options.ClosePatience == Timeout.InfiniteTimeSpan)
            {
                await stopped.WaitAsync(Options.ClosePatience, Options.TimeProvider).ConfigureAwait(false);
            }
        }
        catch (TimeoutException)
        {
            // What is left is given up, and counted.
        }

        foreach (var reporter in live)
        {
            reporter.StopNow();
        }

        await stopped.ConfigureAwait(false);
        _core.Pump.Close();
        _core.Callbacks.Close();
        switch (_core.Transport)
        {
            case IAsyncDisposable disposable:
                await disposable.DisposeAsync().ConfigureAwait(false);
                break;
            case IDisposable disposable:
                disposable.Dispose();
                break;
        }
    }

    /// <summary>An end that is refused is counted, and told to <see cref="TrackerOptions.OnFault"/>: the work's own outcome does not change for it.</summary>
    private static async Task ToldAsync(Task<EventAnswer> end)
    {
        try
        {
            await end.ConfigureAwait(false);
        }
        catch (TrackerException)
        {
            // Counted already.
        }
    }

    private static TrackerException RunsAlready(ExecutionId execution) =>
        new($"already_claimed: the execution {execution} runs in this tracker already.") { Code = Code.AlreadyClaimed.Word() };

    private Reporter Register(Reporter reporter) => _core.Live.TryAdd(reporter.Execution, reporter) ? reporter : throw RunsAlready(reporter.Execution);

    /// <summary>
    /// How long a claimed execution may be silent, which its creator said. Never the difference of two clocks: where the tracker does not tell how long it is,
    /// and the caller neither, it counts as the shortest that there is.
    /// </summary>
    private static TimeSpan? Lease(TimeSpan? said, ExecutionGrant grant) => grant switch
    {
        { Lease: { } given } => given < said || said is null ? given : said,
        { LeaseExpiresAt: null } => said,
        _ when said is { } lease && lease != LeaseDefault => said,
        _ => LeaseMin,
    };

    private async Task<ExecutionGrant> AskAsync(ExecutionId execution, Func<CancellationToken, Task<ExecutionGrant>> call, CancellationToken cancellationToken)
    {
        Exception? lastFault = null;
        var pipeline = new ResiliencePipelineBuilder<ExecutionGrant> { TimeProvider = Options.TimeProvider }
            .AddTimeout(Options.ClaimPatience)
            .AddRetry(new RetryStrategyOptions<ExecutionGrant>
            {
                MaxRetryAttempts = int.MaxValue,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Randomizer = Options.Random.NextDouble,
                Delay = Options.RetryDelay,
                MaxDelay = Options.RetryDelayMax,
                ShouldHandle = args => new(args.Outcome.Exception is { } e and not TrackerException { Transient: false }
                    && (e is not OperationCanceledException || !args.Context.CancellationToken.IsCancellationRequested)),
                DelayGenerator = args => new(Reporter.Asked(args.Outcome.Exception)),
                OnRetry = args =>
                {
                    lastFault = args.Outcome.Exception;
                    _core.Callbacks.Fault(execution, lastFault!);
                    return default;
                },
            })
            .AddTimeout(Options.RequestTimeout)
            .Build();
        try
        {
            return await pipeline.ExecuteAsync(async ct => await call(ct).WaitAsync(ct).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutRejectedException e)
        {
            var why = lastFault?.Message ?? "it is silent";
            throw new TrackerException($"No answer from the tracker within {Options.ClaimPatience}: {why}", lastFault ?? e) { Transient = true };
        }
    }
}
