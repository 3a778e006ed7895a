namespace ExecutionGrains.Client;

/// <summary>How a tracker's executions are reported. Read once, by the tracker's constructor.</summary>
public sealed record TrackerOptions
{
    private static readonly string ProcessIncarnation = Guid.NewGuid().ToString("N")[..12];

    /// <summary>Default: the machine's name. 1 to 256 characters.</summary>
    public string WorkerId { get; init; } = Environment.MachineName;

    /// <summary>Default: made at random once per process, so that a restarted worker is told from its predecessor.</summary>
    public string Incarnation { get; init; } = ProcessIncarnation;

    /// <summary>The namespace of executions that name none. Default null: the key decides.</summary>
    public string? Namespace { get; init; }

    /// <summary>
    /// Unsent events of one execution, in bytes. When they are more, log lines are dropped and counted, and steps wait for <see cref="AnswerWait"/> at most.
    /// Default 4 MiB; 64 KiB to 1 GiB.
    /// </summary>
    public int BufferBytes { get; init; } = 4 << 20;

    /// <summary>As <see cref="BufferBytes"/>, of all executions together. Default 64 MiB; from 64 KiB.</summary>
    public long BufferBytesTotal { get; init; } = 64 << 20;

    /// <summary>Most events in a request. Default 500; 1 to 10,000.</summary>
    public int BatchMax { get; init; } = 500;

    /// <summary>
    /// One attempt of one request, after which it is sent again under the same ids. Heartbeats take at most a quarter of the lease. Default 10 s; 100 ms to 5
    /// min.
    /// </summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>First pause between two attempts; doubles, with jitter. Default 200 ms.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Longest pause between two attempts, unless the tracker asks for more. Default 5 s.</summary>
    public TimeSpan RetryDelayMax { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long a start, an end, a pause or a step may hold the work up for an answer of the tracker or for room in the buffer. What has no answer by then is
    /// sent in the background, for as long as it takes. While the tracker is known to be away, nothing waits at all. Default 1 s; above zero, or infinite.
    /// </summary>
    public TimeSpan AnswerWait { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a claim is tried before it throws: without an answer nobody may run it. Default 30 s.</summary>
    public TimeSpan ClaimPatience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the tracker's disposal waits for what is unsent. Default 10 s; zero: not at all.</summary>
    public TimeSpan ClosePatience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What happens to the work when the tracker has not answered for a whole lease. Default: it goes on.</summary>
    public TrackerLost OnTrackerLost { get; init; } = TrackerLost.Continue;

    /// <summary>Called for every answered event, on a thread of its own. Whatever it throws is counted, nothing else.</summary>
    public Action<EventReported>? OnAnswer { get; init; }

    /// <summary>Called for every event answered <c>rejected</c>, as <see cref="OnAnswer"/> is.</summary>
    public Action<EventReported>? OnRejected { get; init; }

    /// <summary>Called when a request failed, before it is tried again, as <see cref="OnAnswer"/> is.</summary>
    public Action<ExecutionId, Exception>? OnFault { get; init; }

    /// <summary>
    /// Times every wait, heartbeat and deadline. Default the system's, with a thread of the tracker's own. With any other clock (tests) there is no such
    /// thread: requests are made on the threads that write events and that fire the clock's timers.
    /// </summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Everything continues in place, on one thread: for the SDK's own simulation.</summary>
    internal bool Deterministic { get; init; }

    /// <summary>Spreads the pauses between attempts.</summary>
    internal Random Random { get; init; } = Random.Shared;

    internal void Validate()
    {
        List<string> errors = [];
        Check(IsName(WorkerId), $"WorkerId is 1 to 256 characters without control characters, was {WorkerId?.Length ?? 0}");
        Check(IsName(Incarnation), $"Incarnation is 1 to 256 characters without control characters, was {Incarnation?.Length ?? 0}");
        Check(BufferBytes is >= 64 << 10 and <= 1 << 30, $"BufferBytes is 64 KiB to 1 GiB, was {BufferBytes}");
        Check(BufferBytesTotal >= 64 << 10, $"BufferBytesTotal is at least 64 KiB, was {BufferBytesTotal}");
        Check(BatchMax is >= 1 and <= 10_000, $"BatchMax is 1 to 10,000, was {BatchMax}");
        Check(
            RequestTimeout >= TimeSpan.FromMilliseconds(100) && RequestTimeout <= TimeSpan.FromMinutes(5),
            $"RequestTimeout is 100 ms to 5 min, was {RequestTimeout}");
        Check(RetryDelay > TimeSpan.Zero && RetryDelay <= RetryDelayMax, $"RetryDelay is above zero and at most RetryDelayMax, was {RetryDelay}");
        Check(RetryDelayMax <= TimeSpan.FromMinutes(10), $"RetryDelayMax is at most 10 min, was {RetryDelayMax}");
        Check(IsWait(AnswerWait), $"AnswerWait is above zero and at most 24 d, or infinite, was {AnswerWait}");
        Check(IsWait(ClaimPatience), $"ClaimPatience is above zero and at most 24 d, or infinite, was {ClaimPatience}");
        Check(ClosePatience == TimeSpan.Zero || IsWait(ClosePatience), $"ClosePatience is not negative and at most 24 d, or infinite, was {ClosePatience}");
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
