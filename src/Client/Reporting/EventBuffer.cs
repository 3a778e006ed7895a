namespace ExecutionGrains.Client.Reporting;

/// <summary>A bounded queue of one execution's events, in order. Writers wait when it is full; nothing is dropped.</summary>
internal sealed class EventBuffer(int capacity)
{
    private readonly Lock gate = new();
    private readonly Queue<PendingEvent> events = new();
    private readonly SemaphoreSlim room = new(capacity, capacity);
    private int writing;
    private bool closed;

    /// <summary>Called after something was added or the last writer of a closed buffer left.</summary>
    public Action? Changed { get; set; }

    /// <summary>Nothing in it, and nobody about to add.</summary>
    public bool IsEmpty
    {
        get
        {
            lock (gate)
            {
                return writing == 0 && events.Count == 0;
            }
        }
    }

    /// <summary>Closed, and everything that was being written before is out.</summary>
    public bool Drained
    {
        get
        {
            lock (gate)
            {
                return closed && writing == 0 && events.Count == 0;
            }
        }
    }

    /// <summary>Adds at the end; waits while the buffer is full. False: it is closed, and nothing was added.</summary>
    public async ValueTask<bool> AddAsync(PendingEvent pending, CancellationToken cancellationToken)
    {
        if (!Enter())
        {
            return false;
        }

        try
        {
            await room.WaitAsync(cancellationToken).ConfigureAwait(false);
            Append(pending);
            return true;
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>As <see cref="AddAsync"/>, blocking the caller.</summary>
    public bool Add(PendingEvent pending, CancellationToken cancellationToken)
    {
        if (!Enter())
        {
            return false;
        }

        try
        {
            room.Wait(cancellationToken);
            Append(pending);
            return true;
        }
        finally
        {
            Leave();
        }
    }

    public List<PendingEvent> Take(int countMax, int bytesMax)
    {
        List<PendingEvent> taken = [];
        lock (gate)
        {
            var bytes = 0;
            while (taken.Count < countMax && events.TryPeek(out var next) && (taken.Count == 0 || bytes + next.Size <= bytesMax))
            {
                bytes += next.Size;
                taken.Add(events.Dequeue());
            }
        }

        if (taken.Count > 0)
        {
            room.Release(taken.Count);
        }

        return taken;
    }

    /// <summary>Lets nobody in any more. Those who wait for room still get it.</summary>
    public void Close()
    {
        lock (gate)
        {
            closed = true;
        }

        Changed?.Invoke();
    }

    private bool Enter()
    {
        lock (gate)
        {
            if (closed)
            {
                return false;
            }

            writing++;
            return true;
        }
    }

    private void Append(PendingEvent pending)
    {
        lock (gate)
        {
            events.Enqueue(pending);
        }
    }

    private void Leave()
    {
        lock (gate)
        {
            writing--;
        }

        Changed?.Invoke();
    }
}
