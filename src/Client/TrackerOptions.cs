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

    /// <summary>Events that one execution holds unsent before writers wait. Default 1,000; 1 to 100,000.</summary>
    public int BufferCapacity { get; init; } = 1_000;

    /// <summary>Most events in a request. Default 500; 1 to 10,000.</summary>
    public int BatchMax { get; init; } = 500;

    /// <summary>One attempt of one request. Default 10 s; 100 ms to 5 min.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>First wait between two attempts; doubles, with jitter. Default 200 ms.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Longest wait between two attempts, unless the tracker asks for more. Default 5 s.</summary>
    public TimeSpan RetryDelayMax { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a start or a claim is tried before it throws. Default 30 s.</summary>
    public TimeSpan StartPatience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long an end is tried, with all that is still unsent before it. Default 2 min.</summary>
    public TimeSpan EndPatience { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// How long after an execution's timeout its end may still be sent; heartbeats and events stop at the timeout itself.
    /// Default 30 s, the tracker's own grace. Zero: nothing is sent after the timeout.
    /// </summary>
    public TimeSpan DeadlineGrace { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Called for every answered event, on a thread of its own. Whatever it throws is counted, nothing else.</summary>
    public Action<EventReported>? OnAnswer { get; init; }

    /// <summary>Called for every event answered <c>rejected</c>, as <see cref="OnAnswer"/> is.</summary>
    public Action<EventReported>? OnRejected { get; init; }

    /// <summary>Called when a request failed, before it is tried again, as <see cref="OnAnswer"/> is.</summary>
    public Action<ExecutionId, Exception>? OnFault { get; init; }

    /// <summary>Times every wait, heartbeat and deadline. Default the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    internal void Validate()
    {
        List<string> errors = [];
        Check(WorkerId is { Length: >= 1 and <= 256 }, $"WorkerId is 1 to 256 characters, was {WorkerId?.Length ?? 0}");
        Check(BufferCapacity is >= 1 and <= 100_000, $"BufferCapacity is 1 to 100,000, was {BufferCapacity}");
        Check(BatchMax is >= 1 and <= 10_000, $"BatchMax is 1 to 10,000, was {BatchMax}");
        Check(RequestTimeout >= TimeSpan.FromMilliseconds(100) && RequestTimeout <= TimeSpan.FromMinutes(5), $"RequestTimeout is 100 ms to 5 min, was {RequestTimeout}");
        Check(RetryDelay > TimeSpan.Zero && RetryDelay <= RetryDelayMax, $"RetryDelay is above zero and at most RetryDelayMax, was {RetryDelay}");
        Check(RetryDelayMax <= TimeSpan.FromMinutes(10), $"RetryDelayMax is at most 10 min, was {RetryDelayMax}");
        Check(StartPatience > TimeSpan.Zero && EndPatience > TimeSpan.Zero, "StartPatience and EndPatience are above zero");
        Check(DeadlineGrace >= TimeSpan.Zero, $"DeadlineGrace is not negative, was {DeadlineGrace}");
        if (errors.Count > 0)
        {
            throw new ArgumentException(string.Join("; ", errors));
        }

        void Check(bool holds, string error)
        {
            if (!holds)
            {
                errors.Add(error);
            }
        }
    }
}
