namespace ExecutionGrains.Client.Reporting;

/// <summary>
/// Queue of one execution's events, in order, with a size limit in bytes. When it is full, log lines are dropped and counted. Steps wait for room until
/// <see cref="TrackerOptions.AnswerTimeout"/> has passed without progress; then they are added without their payloads, up to twice the limit. Thread-safe.
/// </summary>
/// <param name="notice">Creates the log line that says how many lines were dropped.</param>
internal sealed class EventBuffer(TrackerContext context, Func<int, PendingEvent> notice)
{
    private readonly Lock _gate = new();
    private readonly Queue<Entry> _entries = new();
    private readonly LinkedList<Waiter> _waiters = new();
    private Entry? _notice;
    private long _bytes;
    private long? _fullSince;
    private bool _closed;

    public bool IsEmpty
    {
        get
        {
            lock (_gate)
            {
                return _entries.Count == 0;
            }
        }
    }

    /// <summary>Adds a log line, or drops and counts it if the buffer is full. Never waits. False if the buffer is closed.</summary>
    public bool AddLog(PendingEvent pending)
    {
        lock (_gate)
        {
            if (_closed)
            {
                return false;
            }

            if (!TryAdd(pending))
            {
                Drop();
            }

            return true;
        }
    }

    /// <summary>Adds an event regardless of the limit. For pauses and resumes, which are small and rare. False if the buffer is closed.</summary>
    public bool AddRegardless(PendingEvent pending)
    {
        lock (_gate)
        {
            if (!_closed)
            {
                context.Reserve(pending.Size);
                Append(pending);
            }

            return !_closed;
        }
    }

    /// <summary>
    /// Adds an event; waits for room up to <see cref="TrackerOptions.AnswerTimeout"/>. A log line that finds no room is dropped and counted. False if the event
    /// was neither added nor counted as a dropped line.
    /// </summary>
    public async ValueTask<bool> AddAsync(PendingEvent pending, CancellationToken cancellationToken)
    {
        Waiter waiter;
        TimeSpan wait;
        lock (_gate)
        {
            if (_closed)
            {
                return false;
            }

            if (TryAdd(pending))
            {
                return true;
            }

            // All events that arrive without progress in between share one waiting time. Separate waits would add up.
            _fullSince ??= context.Time.GetTimestamp();
            var isEndless = context.Options.AnswerTimeout == Timeout.InfiniteTimeSpan;
            wait = isEndless ? context.Options.AnswerTimeout : context.Options.AnswerTimeout - context.Time.GetElapsedTime(_fullSince.Value);
            if (context.Availability.IsUnavailable || (!isEndless && wait <= TimeSpan.Zero))
            {
                return AddOverLimit(pending);
            }

            waiter = new Waiter(pending, context.CreateCompletionSource<bool>());
            _waiters.AddLast(waiter);
            context.RegisterWaiting(this);
        }

        // Another execution may have released bytes before this buffer was registered as waiting.
        Admit();

        try
        {
            return await waiter.Entered.Task.WaitAsync(wait, context.Time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            lock (_gate)
            {
                if (_waiters.Remove(waiter))
                {
                    return AddOverLimit(pending);
                }
            }
        }
        catch (OperationCanceledException)
        {
            lock (_gate)
            {
                if (_waiters.Remove(waiter))
                {
                    throw;
                }
            }
        }

        return await waiter.Entered.Task.ConfigureAwait(false);
    }

    /// <summary>Removes events from the front. Their bytes stay reserved until <see cref="Release"/>.</summary>
    public List<PendingEvent> Take(int countMax, long bytesMax)
    {
        List<PendingEvent> taken = [];
        lock (_gate)
        {
            var bytes = 0L;
            while (taken.Count < countMax && _entries.TryPeek(out var next) && (taken.Count == 0 || bytes + next.Size <= bytesMax))
            {
                _entries.Dequeue();
                bytes += next.Size;
                taken.Add(next.Event ?? Line(next));
            }
        }

        return taken;
    }

    /// <summary>Releases the bytes of events that were answered or abandoned.</summary>
    public void Release(IEnumerable<PendingEvent> events)
    {
        var bytes = events.Sum(pending => (long)pending.Size);
        lock (_gate)
        {
            _bytes -= bytes;
            _fullSince = _waiters.Count > 0 ? context.Time.GetTimestamp() : null;
        }

        context.Release(bytes);
        Admit();
    }

    /// <summary>Adds waiting events in order of arrival, as far as there is room.</summary>
    public void Admit()
    {
        List<Waiter> entered = [];
        lock (_gate)
        {
            while (_waiters.First is { Value: var first } && Fits(first.Event))
            {
                _waiters.RemoveFirst();
                Append(first.Event);
                entered.Add(first);
            }

            if (_waiters.Count > 0)
            {
                context.RegisterWaiting(this);
            }
            else if (entered.Count > 0)
            {
                _fullSince = null;
            }
        }

        entered.ForEach(waiter => waiter.Entered.TrySetResult(true));
    }

    /// <summary>Closes the buffer for further events. Waiting events are added now, without payloads, as far as twice the limit allows.</summary>
    public void Close()
    {
        List<(Waiter Waiter, bool Added)> told = [];
        lock (_gate)
        {
            _closed = true;
            foreach (var waiter in _waiters)
            {
                told.Add((waiter, AddOverLimit(waiter.Event)));
            }

            _waiters.Clear();
        }

        told.ForEach(one => one.Waiter.Entered.TrySetResult(one.Added));
    }

    private bool TryAdd(PendingEvent pending)
    {
        if (_waiters.Count > 0 || !Fits(pending))
        {
            return false;
        }

        Append(pending);
        return true;
    }

    /// <summary>Reserves the bytes from the execution's own limit and from the limit that all executions share. False if either has too few left.</summary>
    private bool Fits(PendingEvent pending) =>
        (_bytes == 0 || _bytes + pending.Size <= context.Options.BufferBytes) && context.TryReserve(pending.Size, context.Options.BufferBytesTotal);

    /// <summary>Adds an event that must not be lost without its payloads, up to twice the limit. Drops and counts a log line.</summary>
    private bool AddOverLimit(PendingEvent pending)
    {
        if (pending.Event is ExecutionEvent.Log)
        {
            Drop();
            return true;
        }

        var bare = Reduction.WithoutPayload(pending) ?? pending;
        if (_bytes + bare.Size > 2L * context.Options.BufferBytes || !context.TryReserve(bare.Size, 2 * context.Options.BufferBytesTotal))
        {
            return false;
        }

        Append(bare);
        return true;
    }

    private void Append(PendingEvent pending)
    {
        _bytes += pending.Size;
        _entries.Enqueue(new Entry(pending));
    }

    private void Drop()
    {
        context.Counters.CountLogLineDropped();
        if (_notice is null)
        {
            _notice = new Entry(null);
            _entries.Enqueue(_notice);
        }

        _notice.Dropped++;
    }

    private PendingEvent Line(Entry entry)
    {
        _notice = null;
        var line = notice(entry.Dropped);
        context.Reserve(line.Size);
        _bytes += line.Size;
        return line;
    }

    /// <summary>An event; without one, the place at which log lines were dropped.</summary>
    private sealed class Entry(PendingEvent? pending)
    {
        public PendingEvent? Event { get; } = pending;

        public int Size => Event?.Size ?? 0;

        public int Dropped { get; set; }
    }

    private sealed record Waiter(PendingEvent Event, TaskCompletionSource<bool> Entered);
}
