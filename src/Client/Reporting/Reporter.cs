using Polly;

namespace ExecutionGrains.Client.Reporting;

/// <summary>
/// Sends one execution's events: in order, one request in flight, as many events in it as have gathered. Everything it does in the
/// background ends with the execution's <see cref="Reporting.Lifetime"/>.
/// </summary>
internal sealed class Reporter
{
    /// <summary>Most bytes of events in a request, about; the tracker takes 4 MiB.</summary>
    internal const int BatchBytesMax = 1 << 20;

    private readonly ITransport transport;
    private readonly TrackerOptions options;
    private readonly TrackerCounters counters;
    private readonly Callbacks callbacks;
    private readonly EventBuffer buffer;
    private readonly SemaphoreSlim signal = new(0);
    private readonly ResiliencePipeline<List<PendingEvent>> pipeline;
    private readonly ITimer beat;
    private readonly WeakReference<object> owner;
    private PendingEvent? end;
    private Progress? progress;
    private string? token;
    private bool beatDue;
    private volatile bool busy;
    private volatile bool closing;
    private volatile bool over;
    private volatile bool stopped;

    /// <param name="owner">Held by every handle of the execution, and weakly here: when none is left, nobody can end it any more and the heartbeats stop.</param>
    public Reporter(ITransport transport, ExecutionId execution, ExecutionGrant grant, Lifetime lifetime, TimeSpan beatPeriod, TrackerOptions options, TrackerCounters counters, Callbacks callbacks, object owner)
    {
        this.owner = new WeakReference<object>(owner);
        (this.transport, this.options, this.counters, this.callbacks) = (transport, options, counters, callbacks);
        (Execution, Lifetime, Epoch, token) = (execution, lifetime, grant.Epoch, grant.Token);
        Status = grant.Status;
        buffer = new EventBuffer(options.BufferCapacity) { Changed = Wake };
        var delayMax = beatPeriod < options.RetryDelayMax ? beatPeriod : options.RetryDelayMax;
        pipeline = Retry.Pipeline<List<PendingEvent>>(options, delayMax, left => left.Count > 0, fault => callbacks.Fault(execution, fault));
        beat = options.TimeProvider.CreateTimer(_ => OnBeat(), null, beatPeriod, beatPeriod);
        Completion = Task.Run(RunAsync);
    }

    public ExecutionId Execution { get; }

    public Lifetime Lifetime { get; }

    public int Epoch { get; }

    /// <summary>As the last answer had it.</summary>
    public ExecutionStatus Status { get; private set; }

    /// <summary>Never faults. Done when nothing will be sent any more.</summary>
    public Task Completion { get; }

    public TimeProvider Time => options.TimeProvider;

    public DateTimeOffset Now() => options.TimeProvider.GetUtcNow().ToMicroseconds();

    public string NewId() => Guid.CreateVersion7(options.TimeProvider.GetUtcNow()).ToString();

    /// <summary>Goes with the next heartbeat, or before the end. The last one wins.</summary>
    public void Report(Progress value) => Volatile.Write(ref progress, value);

    /// <summary>Queues an event; waits while the buffer is full. After the end, or the lifetime's, it only counts it.</summary>
    public async ValueTask WriteAsync(PendingEvent pending, CancellationToken cancellationToken)
    {
        try
        {
            using var either = cancellationToken.CanBeCanceled ? CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, Lifetime.Sending) : null;
            if (await buffer.AddAsync(pending, either?.Token ?? Lifetime.Sending).ConfigureAwait(false))
            {
                return;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The lifetime ran out while we waited.
        }

        Abandon([pending]);
    }

    /// <summary>As <see cref="WriteAsync"/>, blocking the caller.</summary>
    public void Write(PendingEvent pending)
    {
        try
        {
            if (buffer.Add(pending, Lifetime.Sending))
            {
                return;
            }
        }
        catch (OperationCanceledException)
        {
            // The lifetime ran out while we waited.
        }

        Abandon([pending]);
    }

    /// <summary>Takes nothing more, sends what there is, then <paramref name="final"/> as the last; null: stops without an end.</summary>
    public void Close(PendingEvent? final)
    {
        Interlocked.Exchange(ref end, final);
        Lifetime.EndWithin(options.EndPatience);
        closing = true;
        buffer.Close();
        if (stopped)
        {
            // The lifetime ran out before: nobody else will look at it.
            AbandonEnd();
        }
    }

    private void OnBeat()
    {
        if (!closing && !busy && buffer.IsEmpty && !owner.TryGetTarget(out _))
        {
            Lifetime.StopSending();
            return;
        }

        Volatile.Write(ref beatDue, true);
        Wake();
    }

    private void Wake()
    {
        if (signal.CurrentCount == 0)
        {
            signal.Release();
        }
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                Lifetime.Sending.ThrowIfCancellationRequested();
                busy = true;
                var batch = NextBatch(out var last);
                await SendAsync(batch).ConfigureAwait(false);
                busy = false;
                if (last)
                {
                    break;
                }

                if (batch.Count == 0)
                {
                    await signal.WaitAsync(Lifetime.Sending).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The lifetime ran out.
        }
        finally
        {
            await StopAsync().ConfigureAwait(false);
        }
    }

    private List<PendingEvent> NextBatch(out bool last)
    {
        last = false;
        var ending = closing;
        if (Lifetime.PastDeadline && !ending)
        {
            return [];
        }

        var batch = buffer.Take(Math.Min(options.BatchMax, 9_998), BatchBytesMax);
        last = ending && buffer.Drained;
        var due = Interlocked.Exchange(ref beatDue, false) && !ending && !over;
        if ((due || last) && Interlocked.Exchange(ref progress, null) is { } said)
        {
            batch.Add(new PendingEvent(new ExecutionEvent.Heartbeat { At = Now(), Progress = said }));
        }
        else if (due && batch.Count == 0)
        {
            batch.Add(new PendingEvent(new ExecutionEvent.Heartbeat { At = Now() }));
        }

        if (last && Interlocked.Exchange(ref end, null) is { } final)
        {
            batch.Add(final);
        }

        return batch;
    }

    private async Task SendAsync(List<PendingEvent> batch)
    {
        if (batch.Count == 0)
        {
            return;
        }

        var left = batch;
        try
        {
            await pipeline.ExecuteAsync(async ct => left = await AttemptAsync(left, ct).ConfigureAwait(false), Lifetime.Sending).ConfigureAwait(false);
        }
        catch (TrackerException refusal) when (Reduction.Refused(refusal) && left.Count > 1)
        {
            // One of them is too much: the others must not go down with it.
            await SendAsync(left[..(left.Count / 2)]).ConfigureAwait(false);
            await SendAsync(left[(left.Count / 2)..]).ConfigureAwait(false);
        }
        catch (TrackerException refusal) when (Reduction.Refused(refusal) && Reduction.Of(left[0]) is { } reduced)
        {
            callbacks.Fault(Execution, refusal);
            await SendAsync([reduced]).ConfigureAwait(false);
        }
        catch (Exception fault)
        {
            callbacks.Fault(Execution, fault);
            Abandon(left, fault);
            Lifetime.Sending.ThrowIfCancellationRequested();
        }
    }

    /// <summary>One request. Returns what is to be sent again: the events answered <c>retry</c>, and reduced ones.</summary>
    private async Task<List<PendingEvent>> AttemptAsync(List<PendingEvent> batch, CancellationToken cancellationToken)
    {
        var sentAt = options.TimeProvider.GetTimestamp();
        var report = new EventReport(Epoch, [.. batch.Select(pending => pending.Event)]);
        var reply = await transport.ReportAsync(Execution, report, token, cancellationToken).ConfigureAwait(false);
        token = reply.Token ?? token;
        var results = reply.Answer.Results;
        if (results.Length != batch.Count)
        {
            throw new TrackerException($"The tracker answered {results.Length} of {batch.Count} events.") { Transient = true };
        }

        if (results.Any(answer => answer.Result is Result.Applied or Result.Duplicate))
        {
            Lifetime.Touch(options.TimeProvider.GetElapsedTime(sentAt));
        }

        Obey(reply.Answer, ended: batch[^1].Event is ExecutionEvent.ExecutionCompleted);
        return Settle(batch, results);
    }

    private List<PendingEvent> Settle(List<PendingEvent> batch, EventAnswer[] results)
    {
        List<PendingEvent> left = [];
        for (var i = 0; i < batch.Count; i++)
        {
            var (pending, answer) = (batch[i], results[i]);
            if (answer.Retryable)
            {
                left.Add(pending);
                continue;
            }

            if (pending.Event is not ExecutionEvent.Heartbeat)
            {
                counters.CountAnswer(answer);
                callbacks.Answer(Execution, pending.Event, answer);
            }

            if (Reduction.Refused(answer) && Reduction.Of(pending) is { } reduced)
            {
                left.Add(reduced);
            }
            else
            {
                pending.Waiter?.TrySetResult(answer);
            }
        }

        return left;
    }

    private void Obey(ReportAnswer answer, bool ended)
    {
        Status = answer.Status;
        if (ended)
        {
            return;
        }

        var fenced = answer.Epoch > Epoch || answer.Results.Any(result => result.Code == Code.StaleEpoch);
        var finished = answer.Status >= ExecutionStatus.Succeeded;
        over |= fenced || finished;
        if (fenced)
        {
            Lifetime.Stop(StopReason.Fenced, null);
        }
        else if (answer.Control.CancelRequested || answer.Status == ExecutionStatus.Cancelled)
        {
            Lifetime.Stop(StopReason.Cancelled, answer.Control.CancelReason);
        }
        else if (answer.Control.Stop || finished)
        {
            Lifetime.Stop(finished ? (answer.Status == ExecutionStatus.Lost ? StopReason.LeaseLost : StopReason.Stopped) : StopReason.Deadline, null);
        }
    }

    private async Task StopAsync()
    {
        beat.Dispose();
        buffer.Close();
        Lifetime.Dispose();
        while (true)
        {
            Abandon(buffer.Take(int.MaxValue, int.MaxValue));
            if (buffer.Drained)
            {
                break;
            }

            await Task.Yield();
        }

        stopped = true;
        AbandonEnd();
    }

    private void AbandonEnd()
    {
        if (Interlocked.Exchange(ref end, null) is { } final)
        {
            Abandon([final]);
        }
    }

    private void Abandon(List<PendingEvent> events, Exception? because = null)
    {
        foreach (var pending in events)
        {
            if (pending.Event is not ExecutionEvent.Heartbeat)
            {
                counters.CountAbandoned(1);
            }

            pending.Waiter?.TrySetException(because as TrackerException
                ?? new TrackerException("The event could not be reported within its execution's lifetime.", because));
        }
    }
}
