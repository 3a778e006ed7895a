namespace ExecutionGrains.Storage;

/// <summary>
/// Holds a commit back for a moment, until as many appends have come as the last one answered: most callers report, wait for the answer and report again. A commit that began
/// with the first of them had two or three, and the others came right after it, at the price of two commits (one event per call on PostgreSQL: a tenth of the throughput).
/// Where they do not come (their reports have a pace of their own) that is tried ever more rarely. As many, not most: with three quarters the callers fell into two halves
/// that never met again.
/// </summary>
/// <param name="time">Measures the moment.</param>
internal sealed class Regathering(TimeProvider time) : IDisposable
{
    /// <summary>2 ms: nearly all that come again take less, and timers count whole milliseconds.</summary>
    public static readonly TimeSpan WaitMax = TimeSpan.FromMilliseconds(2);

    /// <summary>Commits that are not held back after one that was in vain, at the most.</summary>
    public const int PassingMax = 64;

    private ITimer? timer;
    private Wait? current;
    private int passing;
    private int toPass;

    /// <summary>From whoever submits, at any time.</summary>
    /// <param name="depth">Appends that wait now.</param>
    public void Came(int depth)
    {
        if (Volatile.Read(ref current) is { } wait && depth >= wait.Wanted)
        {
            wait.TrySetResult(true);
        }
    }

    /// <summary>Before a commit; by one caller at a time.</summary>
    /// <param name="answered">By the last commit.</param>
    /// <param name="depth">Says how many wait.</param>
    public async Task WaitAsync(int answered, Func<int> depth)
    {
        if (answered < 2 || toPass-- > 0)
        {
            return;
        }

        var wait = new Wait(answered);
        // Whoever comes after this sees it; who came before it is counted.
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

    /// <param name="wanted">Appends that are enough.</param>
    private sealed class Wait(int wanted) : TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public int Wanted { get; } = wanted;
    }
}
