namespace ExecutionGrains.Client.Reporting;

/// <summary>
/// The circuit breaker that all executions of a tracker share. While the tracker is away nobody waits for it; requests go on, and the first
/// answer ends every pause between two attempts. Safe to use from several threads.
/// </summary>
internal sealed class Availability(TimeProvider time, TimeSpan memory)
{
    private const int FaultsMax = 3;

    private readonly Lock _gate = new();
    private long _answers;
    private int _faultsInRow;
    private bool _away;
    private long _faultAt;

    /// <summary>Called when an answer came after the tracker had been away.</summary>
    public Action? Recovered { get; set; }

    public long Answers => Interlocked.Read(ref _answers);

    /// <summary>Three faults in a row, or a wait without any answer; forgotten when nothing failed any more for a while.</summary>
    public bool IsAway
    {
        get
        {
            lock (_gate)
            {
                return _away && time.GetElapsedTime(_faultAt) <= memory;
            }
        }
    }

    public void Answered()
    {
        bool recovered;
        lock (_gate)
        {
            _answers++;
            recovered = _away;
            (_away, _faultsInRow) = (false, 0);
        }

        if (recovered)
        {
            Recovered?.Invoke();
        }
    }

    public void Failed()
    {
        lock (_gate)
        {
            _faultAt = time.GetTimestamp();
            _away |= ++_faultsInRow >= FaultsMax;
        }
    }

    /// <summary>Somebody waited for as long as the work may be held up.</summary>
    public void GaveUp(long answersBefore)
    {
        lock (_gate)
        {
            if (_answers == answersBefore)
            {
                _faultAt = time.GetTimestamp();
                _away = true;
            }
        }
    }
}
