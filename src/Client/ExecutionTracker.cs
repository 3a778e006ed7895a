using ExecutionGrains.Client.Reporting;
using Polly.Timeout;

namespace ExecutionGrains.Client;

/// <summary>Starts and claims executions at a tracker. One per process and tracker is enough; safe to use from several threads.</summary>
public sealed class ExecutionTracker : IAsyncDisposable
{
    /// <summary>How often an execution without a lease is heard of, so that it learns of a cancel.</summary>
    private static readonly TimeSpan BeatPeriodWithoutLease = TimeSpan.FromSeconds(20);

    /// <summary>However long the lease: a cancel is heard of within a day.</summary>
    private static readonly TimeSpan BeatPeriodMax = TimeSpan.FromDays(1);

    private readonly ITransport transport;
    private readonly TrackerOptions options;
    private readonly Callbacks callbacks;

    /// <exception cref="ArgumentException">An option is out of its bounds; the message names all that are.</exception>
    public ExecutionTracker(ITransport transport, TrackerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(transport);
        this.transport = transport;
        this.options = options ?? new();
        this.options.Validate();
        callbacks = new Callbacks(this.options, Counters);
    }

    public TrackerCounters Counters { get; } = new();

    /// <summary>Creates, claims and starts an execution. Safe to be repeated with the same id by the same process.</summary>
    /// <exception cref="TrackerException">Refused (<c>already_claimed</c>, <c>already_finished</c>, <c>conflict</c>, <c>forbidden</c> …), or no answer within <see cref="TrackerOptions.StartPatience"/>.</exception>
    public async Task<ExecutionHandle> StartAsync(string workflow, StartOptions? start = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(workflow);
        start ??= new();
        var now = options.TimeProvider.GetUtcNow();
        var execution = new ExecutionId(start.ExecutionId ?? Guid.CreateVersion7(now).ToString());
        var create = new CreateExecution
        {
            Facts = start.Facts(workflow, options.Namespace),
            Start = new Worker(options.WorkerId, options.Incarnation),
            StartAt = now.ToMicroseconds(),
        };
        var grant = await AskAsync(execution, ct => transport.CreateAsync(execution, create, ct), cancellationToken).ConfigureAwait(false);
        return Open(execution, grant, start, start.HeartbeatTimeout);
    }

    /// <summary>Takes over an execution that exists, pending or paused, and starts it; a paused one stays paused until resumed.</summary>
    /// <param name="start">Only <see cref="StartOptions.Timeout"/>, <see cref="StartOptions.HeartbeatTimeout"/> and <see cref="StartOptions.ExplicitTrace"/> count, as they were said at its creation.</param>
    /// <exception cref="TrackerException">As <see cref="StartAsync"/>, and <c>unknown_execution</c>. Where the claim was granted and the start then failed or was cancelled, the execution is ended as one disposed without an end.</exception>
    public async Task<ExecutionHandle> ClaimAsync(ExecutionId execution, StartOptions? start = null, CancellationToken cancellationToken = default)
    {
        var worker = new Worker(options.WorkerId, options.Incarnation);
        var grant = await AskAsync(execution, ct => transport.ClaimAsync(execution, worker, ct), cancellationToken).ConfigureAwait(false);
        start ??= new();
        var handle = Open(execution, grant, start, Lease(start.HeartbeatTimeout, grant));
        if (grant.Status is ExecutionStatus.Pending or ExecutionStatus.Claimed)
        {
            var now = options.TimeProvider.GetUtcNow();
            var started = new ExecutionEvent.ExecutionStarted
            {
                EventId = Guid.CreateVersion7(now).ToString(),
                At = now.ToMicroseconds(),
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

    /// <summary>Runs a whole execution: its result is the output, its exception the error (and is thrown on), a cancellation a <c>cancel</c>.</summary>
    /// <exception cref="TrackerException">As <see cref="StartAsync"/>; also when the end could not be reported in time.</exception>
    public async Task<T> RunAsync<T>(string workflow, Func<ExecutionHandle, CancellationToken, Task<T>> work, StartOptions? start = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(work);
        await using var execution = await StartAsync(workflow, start, cancellationToken).ConfigureAwait(false);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(execution.Cancellation, cancellationToken);
        T result;
        try
        {
            result = await work(execution, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            await execution.CancelledAsync(execution.StopMessage, CancellationToken.None).ConfigureAwait(false);
            throw;
        }
        catch (Exception e)
        {
            await execution.FailAsync(e, CancellationToken.None).ConfigureAwait(false);
            throw;
        }

        await execution.CompleteAsync(result, CancellationToken.None).ConfigureAwait(false);
        return result;
    }

    /// <summary>Dispose the executions first: this ends the transport that they report over.</summary>
    public async ValueTask DisposeAsync()
    {
        callbacks.Close();
        switch (transport)
        {
            case IAsyncDisposable disposable:
                await disposable.DisposeAsync().ConfigureAwait(false);
                break;
            case IDisposable disposable:
                disposable.Dispose();
                break;
        }
    }

    private ExecutionHandle Open(ExecutionId execution, ExecutionGrant grant, StartOptions start, TimeSpan? lease)
    {
        var lifetime = new Lifetime(options.TimeProvider, start.Timeout, lease, options.DeadlineGrace);
        if (grant.Status == ExecutionStatus.Paused)
        {
            lifetime.Suspend();
        }

        var owner = new object();
        var reporter = new Reporter(transport, execution, grant, lifetime, BeatPeriod(lease), options, Counters, callbacks, owner);
        return new ExecutionHandle(reporter, owner, start.ExplicitTrace);
    }

    private static TimeSpan BeatPeriod(TimeSpan? lease) => lease is not { } term ? BeatPeriodWithoutLease : term / 3 < BeatPeriodMax ? term / 3 : BeatPeriodMax;

    /// <summary>The shorter of what the caller knows and what the tracker gave: it may have been created with less.</summary>
    private TimeSpan? Lease(TimeSpan? said, ExecutionGrant grant)
    {
        var given = grant.LeaseExpiresAt - options.TimeProvider.GetUtcNow();
        return given < TimeSpan.FromSeconds(1) || given > said ? said : given ?? said;
    }

    private async Task<ExecutionGrant> AskAsync(ExecutionId execution, Func<CancellationToken, Task<ExecutionGrant>> call, CancellationToken cancellationToken)
    {
        Exception? lastFault = null;
        var pipeline = Retry.Pipeline<ExecutionGrant>(options, options.RetryDelayMax, _ => false, OnFault, options.StartPatience);
        try
        {
            return await pipeline.ExecuteAsync(async ct => await call(ct).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutRejectedException e)
        {
            throw new TrackerException($"No answer from the tracker within {options.StartPatience}: {lastFault?.Message ?? "it is silent"}", lastFault ?? e) { Transient = true };
        }

        void OnFault(Exception fault)
        {
            lastFault = fault;
            callbacks.Fault(execution, fault);
        }
    }
}
