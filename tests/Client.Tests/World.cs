using ExecutionGrains.Testing;

namespace ExecutionGrains.Client.Tests;

/// <summary>A scripted tracker, a manual clock, and the SDK between them.</summary>
internal sealed class World
{
    public World(Func<TrackerOptions, TrackerOptions>? configure = null)
    {
        TrackerOptions options = new() { TimeProvider = Clock, WorkerId = "worker-7", AnswerTimeout = Timeout.InfiniteTimeSpan };
        Tracker = new ExecutionTracker(Transport, configure?.Invoke(options) ?? options);
    }

    public ManualTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 11, 21, 3, 0, 0, TimeSpan.Zero));

    public ScriptedTransport Transport { get; } = new();

    public ExecutionTracker Tracker { get; }

    public Task<ExecutionHandle> StartAsync(StartOptions? start = null) => Tracker.StartAsync("import", start);

    /// <summary>Completes when the signal is cancelled.</summary>
    public static async Task FiredAsync(CancellationToken signal)
    {
        var fired = new TaskCompletionSource();
        await using var registration = signal.Register(() => fired.TrySetResult());
        await fired.Task.WaitAsync(TimeSpan.FromSeconds(20));
    }
}
