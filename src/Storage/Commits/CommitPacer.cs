namespace ExecutionGrains.Storage.Commits;

/// <summary>
/// Delays a commit by up to 2 ms so that the callers that the last commit answered can join it. Most callers report, wait for the answer and report again.
/// Without the delay, a commit starts with the first two or three of them and the others need a second commit; with one event per call on PostgreSQL that
/// costs a tenth of the throughput. If the callers do not come back in time, because they report at a pace of their own, the delay is tried less and less
/// often. The delay waits for as many appends as were answered, not for most of them: with three quarters, the callers split into two groups that stayed
/// apart.
/// </summary>
/// <param name="time">Measures the delay.</param>
internal sealed class CommitPacer(TimeProvider time) : IDisposable
{
    /// <summary>Longest delay. 2 ms: nearly all callers that come back do so sooner, and timers count whole milliseconds.</summary>
    public static readonly TimeSpan WaitMax = TimeSpan.FromMilliseconds(2);

    /// <summary>Largest number of commits without a delay after one that was in vain. 64; the number starts at 1 and doubles.</summary>
    public const int PassingMax = 64;

    private ITimer? timer;
    private Wait? current;
    private int passing;
    private int toPass;

    /// <summary>Called on each submitted append, on any thread.</summary>
    /// <param name="depth">Appends that wait now, including this one.</param>
    public void Came(int depth)
    {
        if (Volatile.Read(ref current) is { } wait && depth >= wait.Wanted)
        {
            wait.TrySetResult(true);
        }
    }

    /// <summary>Called before each commit, by one caller at a time.</summary>
    /// <param name="answered">Appends that the last commit answered.</param>
    /// <param name="depth">Returns the number of appends that wait.</param>
    public async Task WaitAsync(int answered, Func<int> depth)
    {
        if (answered < 2 || toPass-- > 0)
        {
            return;
        }

        var wait = new Wait(answered);
        // Publish the wait before reading the depth: an append either sees the wait or is counted.
        Interlocked.Exchange(ref current, wait);
        var came = depth() >= answered || await InTimeAsync(wait);
        Volatile.Write(ref current, null);
        toPass = passing = came ? 0 : Math.Clamp(passing * 2, 1, PassingMax);
    }

    public void Dispose() => timer?.Dispose();

    private async Task<bool> InTimeAsync(Wait wait)
    {
        timer ??= time.CreateTimer(_ => Volatile.Read(ref current)?.TrySetResult(false), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        timer.Change(WaitMax, Timeout.InfiniteTimeSpan);
        var came = await wait.Task;
        timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        return came;
    }

    /// <param name="wanted">Waiting appends that end the delay.</param>
    private sealed class Wait(int wanted) : TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public int Wanted { get; } = wanted;
    }
}
