namespace ExecutionGrains.Client.Reporting;

/// <summary>
/// A queue of one execution's events, in order, bounded in bytes. When it is full, log lines are dropped and counted; steps wait, at most
/// <see cref="TrackerOptions.AnswerWait"/> without any progress, and then enter without their payloads, up to twice the bound. Safe to use from several
/// threads.
/// </summary>
/// <param name="notice">Makes the log line that says how many lines were dropped.</param>
internal sealed class EventBuffer(TrackerCore core, Func<int, PendingEvent> notice)
{
    private readonly Lock _gate = new();
    private readonly Queue<Entry> _entries = new();
    private readonly LinkedList<Waiter> _waiters = new();
    private Entry? _notice;
    private long _bytes;
    private long? _fullSince;
    private bool _closed;

    /// <summary>Nothing in it.</summary>
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

    /// <summary>Adds a log line, or drops and counts it. Never waits. False: the buffer is closed.</summary>
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

    /// <summary>Adds at the end, whatever the bound: pauses and resumes, which are small and few. False: the buffer is closed.</summary>
    public bool AddNow(PendingEvent pending)
    {
        lock (_gate)
        {
            if (!_closed)
            {
                core.Take(pending.Size);
                Append(pending);
            }

            return !_closed;
        }
    }

    /// <summary>Adds at the end; waits for room for a while. A log line that finds none is dropped and counted. False: nothing was added.</summary>
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

            // One wait for all that comes while there is no progress, not one for each.
            _fullSince ??= core.Time.GetTimestamp();
            var isEndless = core.Options.AnswerWait == Timeout.InfiniteTimeSpan;
            wait = isEndless ? core.Options.AnswerWait : core.Options.AnswerWait - core.Time.GetElapsedTime(_fullSince.Value);
            if (core.Availability.IsAway || (!isEndless && wait <= TimeSpan.Zero))
            {
                return AddBeyond(pending);
            }

            waiter = new Waiter(pending, core.Promise<bool>());
            _waiters.AddLast(waiter);
            core.Await(this);
        }

        // Another execution may have given bytes back before this one was known to wait.
        Admit();

        try
        {
            return await waiter.Entered.Task.WaitAsync(wait, core.Time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            lock (_gate)
            {
                if (_waiters.Remove(waiter))
                {
                    return AddBeyond(pending);
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

    /// <summary>Takes from the front. The bytes stay taken until <see cref="Release"/>.</summary>
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

    /// <summary>Makes room: these were answered or given up.</summary>
    public void Release(IEnumerable<PendingEvent> events)
    {
        var bytes = events.Sum(pending => (long)pending.Size);
        lock (_gate)
        {
            _bytes -= bytes;
            _fullSince = _waiters.Count > 0 ? core.Time.GetTimestamp() : null;
        }

        core.Release(bytes);
        Admit();
    }

    /// <summary>Lets in those that wait for room, first come first served, as far as there is room.</summary>
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
                core.Await(this);
            }
            else if (entered.Count > 0)
            {
                _fullSince = null;
            }
        }

        entered.ForEach(waiter => waiter.Entered.TrySetResult(true));
    }

    /// <summary>Lets nobody in any more. What waits for room enters now, as far as it may.</summary>
    public void Close()
    {
        List<(Waiter Waiter, bool Added)> told = [];
        lock (_gate)
        {
            _closed = true;
            foreach (var waiter in _waiters)
            {
                told.Add((waiter, AddBeyond(waiter.Event)));
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
        (_bytes == 0 || _bytes + pending.Size <= core.Options.BufferBytes) && core.TryTake(pending.Size, core.Options.BufferBytesTotal);

    /// <summary>What must not be lost enters without its payloads; there is a bound to that, too.</summary>
    private bool AddBeyond(PendingEvent pending)
    {
        if (pending.Event is ExecutionEvent.Log)
        {
            Drop();
            return true;
        }

        var bare = Reduction.Bare(pending) ?? pending;
        if (_bytes + bare.Size > 2L * core.Options.BufferBytes || !core.TryTake(bare.Size, 2 * core.Options.BufferBytesTotal))
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
        core.Counters.CountLogLineDropped();
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
        core.Take(line.Size);
        _bytes += line.Size;
        return line;
    }

    /// <summary>An event; or, without one, the place where log lines were dropped.</summary>
    private sealed class Entry(PendingEvent? pending)
    {
        public PendingEvent? Event { get; } = pending;

        public int Size => Event?.Size ?? 0;

        public int Dropped { get; set; }
    }

    private sealed record Waiter(PendingEvent Event, TaskCompletionSource<bool> Entered);
}
