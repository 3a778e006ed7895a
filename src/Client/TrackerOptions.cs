namespace ExecutionGrains.Client;

/// <summary>Options of an <see cref="ExecutionTracker"/>. Its constructor reads them once.</summary>
public sealed record TrackerOptions
{
    private static readonly string ProcessIncarnation = Guid.NewGuid().ToString("N")[..12];

    /// <summary>Id of this worker: 1 to 256 characters. Default: the machine name.</summary>
    public string WorkerId { get; init; } = Environment.MachineName;

    /// <summary>
    /// Distinguishes a restarted worker from its predecessor with the same <see cref="WorkerId"/>: 1 to 256 characters. Default: a random value per process.
    /// </summary>
    public string Incarnation { get; init; } = ProcessIncarnation;

    /// <summary>Namespace of executions that do not name one. Default null: the namespace of the API key.</summary>
    public string? Namespace { get; init; }

    /// <summary>
    /// Maximum size of the unsent events of one execution, in bytes. Above it, log lines are dropped and counted, and steps wait up to
    /// <see cref="AnswerTimeout"/>. Default 4 MiB; 64 KiB to 1 GiB.
    /// </summary>
    public int BufferBytes { get; init; } = 4 << 20;

    /// <summary>As <see cref="BufferBytes"/>, for all executions together. Default 64 MiB; minimum 64 KiB.</summary>
    public long BufferBytesTotal { get; init; } = 64 << 20;

    /// <summary>Maximum number of events in one request. Default 500; 1 to 10,000.</summary>
    public int BatchSizeMax { get; init; } = 500;

    /// <summary>
    /// Timeout of one attempt of a request. The request is then retried with the same event ids. The timeout of a heartbeat is at most a quarter of the lease.
    /// Default 10 s; 100 ms to 5 min.
    /// </summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>First delay between two attempts. It doubles with each failure, with jitter. Default 200 ms.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Maximum delay between two attempts, unless the tracker asks for more. Default 5 s; at most 10 min.</summary>
    public TimeSpan RetryDelayMax { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Maximum time that a start, an end, a pause or a step blocks the work, waiting for an answer or for room in the buffer. An event without an answer by
    /// then is sent in the background, without a time limit. While the tracker is known to be unavailable, calls do not wait. Default 1 s; more than 0, or
    /// infinite.
    /// </summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long a claim is retried before it throws. Unlike a start, a claim needs an answer: another worker may have claimed the execution. Default 30 s.
    /// </summary>
    public TimeSpan ClaimTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long disposal of the <see cref="ExecutionTracker"/> waits for unsent events. Default 10 s; zero: does not wait.</summary>
    public TimeSpan DisposeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What happens to the work when the tracker has not answered for the length of a lease. Default: the work continues.</summary>
    public TrackerLossBehavior OnTrackerLost { get; init; } = TrackerLossBehavior.Continue;

    /// <summary>Called for every answered event, on a separate thread. An exception that it throws is counted and otherwise ignored.</summary>
    public Action<AnsweredEvent>? OnAnswer { get; init; }

    /// <summary>Called for every event answered <c>rejected</c>, in the same way as <see cref="OnAnswer"/>.</summary>
    public Action<AnsweredEvent>? OnRejected { get; init; }

    /// <summary>Called for every failed request, before its retry, in the same way as <see cref="OnAnswer"/>.</summary>
    public Action<ExecutionId, Exception>? OnFault { get; init; }

    /// <summary>
    /// Clock for every wait, heartbeat and deadline. With the system's clock, which is the default, requests are made from a dedicated thread. With any other
    /// clock (for tests) there is no such thread: requests are made on the threads that write events or fire the clock's timers.
    /// </summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Runs all continuations synchronously on one thread. For the SDK's own simulation.</summary>
    internal bool Deterministic { get; init; }

    /// <summary>Source of the jitter between attempts.</summary>
    internal Random Random { get; init; } = Random.Shared;

    internal void Validate()
    {
        List<string> errors = [];
        Check(IsName(WorkerId), $"WorkerId is 1 to 256 characters without control characters, was {WorkerId?.Length ?? 0}");
        Check(IsName(Incarnation), $"Incarnation is 1 to 256 characters without control characters, was {Incarnation?.Length ?? 0}");
        Check(BufferBytes is >= 64 << 10 and <= 1 << 30, $"BufferBytes is 64 KiB to 1 GiB, was {BufferBytes}");
        Check(BufferBytesTotal >= 64 << 10, $"BufferBytesTotal is at least 64 KiB, was {BufferBytesTotal}");
        Check(BatchSizeMax is >= 1 and <= 10_000, $"BatchSizeMax is 1 to 10,000, was {BatchSizeMax}");
        Check(
            RequestTimeout >= TimeSpan.FromMilliseconds(100) && RequestTimeout <= TimeSpan.FromMinutes(5),
            $"RequestTimeout is 100 ms to 5 min, was {RequestTimeout}");
        Check(RetryDelay > TimeSpan.Zero && RetryDelay <= RetryDelayMax, $"RetryDelay is above zero and at most RetryDelayMax, was {RetryDelay}");
        Check(RetryDelayMax <= TimeSpan.FromMinutes(10), $"RetryDelayMax is at most 10 min, was {RetryDelayMax}");
        Check(IsWait(AnswerTimeout), $"AnswerTimeout is above zero and at most 24 d, or infinite, was {AnswerTimeout}");
        Check(IsWait(ClaimTimeout), $"ClaimTimeout is above zero and at most 24 d, or infinite, was {ClaimTimeout}");
        Check(
            DisposeTimeout == TimeSpan.Zero || IsWait(DisposeTimeout),
            $"DisposeTimeout is not negative and at most 24 d, or infinite, was {DisposeTimeout}");
        Check(Enum.IsDefined(OnTrackerLost), $"OnTrackerLost is Continue or Stop, was {OnTrackerLost}");
        if (errors.Count > 0)
        {
            throw new ArgumentException(string.Join("; ", errors));
        }

        static bool IsName(string? name) => name is { Length: >= 1 and <= 256 } && !name.Any(char.IsControl);

        static bool IsWait(TimeSpan wait) => wait == Timeout.InfiniteTimeSpan || (wait > TimeSpan.Zero && wait <= TimeSpan.FromDays(24));

        void Check(bool holds, string error)
        {
            if (!holds)
            {
                errors.Add(error);
            }
        }
    }
}
