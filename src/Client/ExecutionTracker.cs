using ExecutionGrains.Client.Reporting;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace ExecutionGrains.Client;

/// <summary>
/// Starts and claims executions at a tracker. Create one per process and tracker. Thread-safe. Dispose it at process exit: disposal waits up to
/// <see cref="TrackerOptions.DisposeTimeout"/> for unsent events.
/// </summary>
public sealed class ExecutionTracker : IAsyncDisposable
{
    private static readonly TimeSpan LeaseDefault = new StartOptions().HeartbeatTimeout!.Value;

    /// <summary>The shortest lease that the tracker grants: 1 s.</summary>
    private static readonly TimeSpan LeaseMin = TimeSpan.FromSeconds(1);

    private readonly TrackerContext _context;
    private int _disposed;

    /// <exception cref="ArgumentException">An option is out of range. The message names every such option.</exception>
    public ExecutionTracker(ITransport transport, TrackerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(transport);
        options ??= new();
        options.Validate();
        _context = new TrackerContext(transport, options, Counters);
    }

    public TrackerCounters Counters { get; } = new();

    private TrackerOptions Options => _context.Options;

    /// <summary>
    /// Creates, claims and starts an execution. The same process may call it again with the same id after the first run ended. If the tracker does not answer
    /// within <see cref="TrackerOptions.AnswerTimeout"/>, the work begins without it: the start and all later events are sent when the tracker answers.
    /// </summary>
    /// <param name="cancellationToken">Cancels the start. If the tracker may have received it, the SDK ends the execution as <c>cancel</c>. The token is
    /// kept: an execution that is disposed without an end after the token fired also ends as <c>cancel</c>.</param>
    /// <exception cref="TrackerException">The tracker refused the start (<c>already_claimed</c>, <c>already_finished</c>, <c>conflict</c>, <c>forbidden</c>
    /// …), or an execution with this id is running in this object (<c>already_claimed</c>).</exception>
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
        var reporter = Register(new Reporter(_context, execution, owner, start.Timeout, start.HeartbeatTimeout, create, null));
        reporter.Start();
        try
        {
            if (await _context.WaitForAnswerAsync(reporter.Created, cancellationToken).ConfigureAwait(false))
            {
                await reporter.Created.ConfigureAwait(false);
            }
            else
            {
                Counters.CountStartedUntracked();
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
    /// Claims an existing execution that is pending or paused, and starts it. A paused execution stays paused until it is resumed. Unlike
    /// <see cref="StartAsync"/>, this waits for the tracker's answer.
    /// </summary>
    /// <param name="start">Only <see cref="StartOptions.Timeout"/>, <see cref="StartOptions.HeartbeatTimeout"/> and <see cref="StartOptions.ExplicitTrace"/>
    /// are used. Set them to the values with which the execution was created.</param>
    /// <exception cref="TrackerException">As <see cref="StartAsync"/>; also <c>unknown_execution</c>, or no answer within
    /// <see cref="TrackerOptions.ClaimTimeout"/>. If the claim was granted and the start then failed or was cancelled, the SDK ends the execution as if its
    /// handle had been disposed without an end.</exception>
    public async Task<ExecutionHandle> ClaimAsync(ExecutionId execution, StartOptions? start = null, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        if (_context.Live.ContainsKey(execution))
        {
            throw RunsAlready(execution);
        }

        var worker = new Worker(Options.WorkerId, Options.Incarnation);
        var grant = await AskAsync(execution, ct => _context.Transport.ClaimAsync(execution, worker, ct), cancellationToken).ConfigureAwait(false);
        start ??= new();
        var owner = new object();
        var reporter = Register(new Reporter(_context, execution, owner, start.Timeout, Lease(start.HeartbeatTimeout, grant), null, grant));
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
                // The caller does not get the handle. Without disposal it would send heartbeats for an execution that is not running.
                await handle.DisposeAsync().ConfigureAwait(false);
                throw;
            }
        }

        return handle;
    }

    /// <summary>
    /// Runs a whole execution. The result of <paramref name="work"/> becomes the output. An exception is reported as <c>fail</c> and rethrown. A cancellation
    /// is reported as by <see cref="ExecutionHandle.CancelledAsync"/>. Once the work has begun, tracker errors are not thrown.
    /// </summary>
    /// <exception cref="TrackerException">The tracker refused the start; see <see cref="StartAsync"/>.</exception>
    /// <exception cref="ExecutionStoppedException">The work was cancelled because <see cref="TrackedScope.Cancellation"/> fired.</exception>
    public async Task<T> RunAsync<T>(
        string workflow, Func<ExecutionHandle, CancellationToken, Task<T>> work, StartOptions? start = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(work);
        var execution = await StartAsync(workflow, start, cancellationToken).ConfigureAwait(false);
        await using var disposal = execution.ConfigureAwait(false);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(execution.Cancellation, cancellationToken);
        T result;
        try
        {
            result = await work(execution, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (execution.Cancellation.IsCancellationRequested || cancellationToken.IsCancellationRequested)
        {
            // Check the source tokens, not the linked one: a token that the work linked itself may fire before ours does.
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

    /// <summary>
    /// Waits up to <see cref="TrackerOptions.DisposeTimeout"/> for unsent events, then disposes the transport. Does not end running executions; dispose them
    /// first.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        var live = _context.Executions();
        foreach (var reporter in live)
        {
            reporter.Drain();
        }

        var stopped = Task.WhenAll(live.Select(reporter => reporter.Completion));
        try
        {
            if (Options.DisposeTimeout > TimeSpan.Zero || Options.DisposeTimeout == Timeout.InfiniteTimeSpan)
            {
                await stopped.WaitAsync(Options.DisposeTimeout, Options.TimeProvider).ConfigureAwait(false);
            }
        }
        catch (TimeoutException)
        {
            // The remaining events are abandoned and counted below.
        }

        foreach (var reporter in live)
        {
            reporter.StopNow();
        }

        await stopped.ConfigureAwait(false);
        _context.EventLoop.Close();
        _context.Callbacks.Close();
        switch (_context.Transport)
        {
            case IAsyncDisposable disposable:
                await disposable.DisposeAsync().ConfigureAwait(false);
                break;
            case IDisposable disposable:
                disposable.Dispose();
                break;
        }
    }

    /// <summary>
    /// Waits for the answer to an end. A refusal is counted and passed to <see cref="TrackerOptions.OnFault"/>, but not thrown: it must not change the result
    /// of the work.
    /// </summary>
    private static async Task ToldAsync(Task<EventAnswer> end)
    {
        try
        {
            await end.ConfigureAwait(false);
        }
        catch (TrackerException)
        {
            // Already counted.
        }
    }

    private static TrackerException RunsAlready(ExecutionId execution) =>
        new($"already_claimed: the execution {execution} is already running in this ExecutionTracker.") { Code = Code.AlreadyClaimed.Word() };

    private Reporter Register(Reporter reporter) => _context.Live.TryAdd(reporter.Execution, reporter) ? reporter : throw RunsAlready(reporter.Execution);

    /// <summary>
    /// The lease of a claimed execution, which its creator chose. The smaller of the granted and the given value. If the transport cannot tell the granted
    /// one, the given value counts; if that is unset or the default, the shortest lease. It is never computed from two clocks, because they may differ.
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
            .AddTimeout(Options.ClaimTimeout)
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
                DelayGenerator = args => new(Reporter.RequestedDelay(args.Outcome.Exception)),
                OnRetry = args =>
                {
                    lastFault = args.Outcome.Exception;
                    _context.Callbacks.Fault(execution, lastFault!);
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
            var why = lastFault?.Message ?? "no response";
            throw new TrackerException($"No answer from the tracker within {Options.ClaimTimeout}: {why}", lastFault ?? e) { Transient = true };
        }
    }
}
