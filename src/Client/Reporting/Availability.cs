namespace ExecutionGrains.Client.Reporting;

/// <summary>
/// Circuit breaker shared by all executions of a tracker. While the tracker is unavailable, the work does not wait for answers. Requests continue, and the
/// first answer ends every retry delay. Thread-safe.
/// </summary>
/// <param name="memory">How long after the last failure the breaker closes by itself.</param>
internal sealed class Availability(TimeProvider time, TimeSpan memory)
{
    private const int FaultsMax = 3;

    private readonly Lock _gate = new();
    private long _answers;
    private int _faultsInRow;
    private bool _isUnavailable;
    private long _faultAt;

    /// <summary>Called at the first answer after the tracker was unavailable.</summary>
    public Action? Recovered { get; set; }

    public long Answers => Interlocked.Read(ref _answers);

    /// <summary>
    /// True after three failures in a row, or after a wait of <see cref="TrackerOptions.AnswerTimeout"/> in which no request was answered. False again after an
    /// answer, or after some time without another failure.
    /// </summary>
    public bool IsUnavailable
    {
        get
        {
            lock (_gate)
            {
                return _isUnavailable && time.GetElapsedTime(_faultAt) <= memory;
            }
        }
    }

    public void Answered()
    {
        bool recovered;
        lock (_gate)
        {
            _answers++;
            recovered = _isUnavailable;
            (_isUnavailable, _faultsInRow) = (false, 0);
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
            _isUnavailable |= ++_faultsInRow >= FaultsMax;
        }
    }

    /// <summary>Reports that a caller's wait timed out. The tracker counts as unavailable if no request was answered since the wait began.</summary>
    public void WaitTimedOut(long answersBefore)
    {
        lock (_gate)
        {
            if (_answers == answersBefore)
            {
                _faultAt = time.GetTimestamp();
                _isUnavailable = true;
            }
        }
    }
}
