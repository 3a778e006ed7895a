namespace ExecutionGrains.Embedded;

/// <summary>The embedded runtime's settings. Checked when it is registered, all errors at once.</summary>
public sealed class EmbeddedGrainOptions
{
    /// <summary>Time after which a call fails with a TimeoutException; also the time that OnActivateAsync and OnDeactivateAsync
    /// have. Default 30 s; 10 ms to 1 h. Measured by the unkeyed TimeProvider, as in Orleans.</summary>
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Time without a call after which an activation goes. Default 2 min; 1 s to 30 days.</summary>
    public TimeSpan CollectionAge { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Time between two passes that look for idle activations. Default 30 s; 1 s to 30 days.</summary>
    public TimeSpan CollectionQuantum { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The shortest period of a reminder. Default 1 min, as in Orleans; 1 ms to 1 h.</summary>
    public TimeSpan MinimumReminderPeriod { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>For tests: arguments and results are deep copies unless [Immutable]. Default false: they are shared.</summary>
    public bool CopyArguments { get; set; }

    /// <summary>For tests: the chance, after a call that leaves an activation without running ones, that it is forgotten without
    /// OnDeactivateAsync. Default 0; 0 to 1.</summary>
    public double DeactivateAtRandom { get; set; }

    /// <summary>Seeds <see cref="DeactivateAtRandom"/>. Default 0.</summary>
    public int RandomSeed { get; set; }

    /// <summary>For tests: where turns run that no caller's thread takes on. Default: the thread pool. One that runs on a single thread makes a silo deterministic.</summary>
    public TaskScheduler Scheduler { get; set; } = TaskScheduler.Default;

    /// <summary>With asynchronous continuations, what WhenAll and WhenAny have to do would go to the thread pool, whatever the scheduler.</summary>
    internal TaskCreationOptions PromiseOptions =>
        Scheduler == TaskScheduler.Default ? TaskCreationOptions.RunContinuationsAsynchronously : TaskCreationOptions.None;

    internal void Validate()
    {
        string?[] errors =
        [
            Outside(nameof(ResponseTimeout), ResponseTimeout, TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1)),
            Outside(nameof(CollectionAge), CollectionAge, TimeSpan.FromSeconds(1), TimeSpan.FromDays(30)),
            Outside(nameof(CollectionQuantum), CollectionQuantum, TimeSpan.FromSeconds(1), TimeSpan.FromDays(30)),
            Outside(nameof(MinimumReminderPeriod), MinimumReminderPeriod, TimeSpan.FromMilliseconds(1), TimeSpan.FromHours(1)),
            Outside(nameof(DeactivateAtRandom), DeactivateAtRandom, 0, 1),
        ];
        if (errors.Any(e => e is not null))
        {
            throw new ArgumentException(string.Join(' ', errors.Where(e => e is not null)));
        }
    }

    private static string? Outside<T>(string key, T value, T min, T max)
        where T : IComparable<T> =>
        value.CompareTo(min) >= 0 && value.CompareTo(max) <= 0 ? null : $"{key} must be from {min} to {max}, was {value}.";
}
