using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace ExecutionGrains.Storage;

/// <summary>
/// Tells listeners of metrics and traces about commits, on a thread of its own: one that throws or hangs never meets the writer. At most 1,024 commits wait to be told; what is beyond, and what a listener throws at, is dropped and counted.
/// </summary>
internal sealed class CommitObservers : IDisposable
{
    private const int WaitingMax = 1_024;

    private static readonly ActivitySource Activities = new("ExecutionGrains");

    private readonly BlockingCollection<Commit> _waiting = new(WaitingMax);
    private readonly Meter _meter;
    private readonly Histogram<int>? _batchSizes;
    private readonly Histogram<double>? _durations;
    private readonly Thread _thread;
    private long _dropped;
    private bool _isDisposed;

    /// <param name="scope">The meter's.</param>
    public CommitObservers(object scope)
    {
        _meter = new Meter("ExecutionGrains", version: null, tags: null, scope);
        _batchSizes = Published(() => _meter.CreateHistogram<int>("executiongrains.commit.batch_size", "{append}", "Appends in one transaction."));
        _durations = Published(() => _meter.CreateHistogram<double>("executiongrains.commit.duration", "ms", "How long one transaction took."));
        Published(() => _meter.CreateObservableCounter("executiongrains.commit.untold", () => Dropped, "{commit}", "Commits that listeners did not hear of: they were slow, or threw."));
        _thread = new Thread(Tell) { IsBackground = true, Name = "commit observers" };
        _thread.Start();
    }

    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Costs nothing while nobody listens; never waits, never throws.</summary>
    public void Committed(int appends, TimeSpan took, DateTimeOffset endedAt)
    {
        if (_batchSizes?.Enabled != true && _durations?.Enabled != true && !Activities.HasListeners())
        {
            return;
        }

        if (!_waiting.TryAdd(new Commit(appends, took, endedAt)))
        {
            Interlocked.Increment(ref _dropped);
        }
    }

    /// <summary>After the last commit. Lets what waits be told, for at most two seconds.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, true))
        {
            // A container disposes of the queue once for every service that it is registered as.
            return;
        }

        _waiting.CompleteAdding();
        if (_thread.Join(TimeSpan.FromSeconds(2)))
        {
            _waiting.Dispose();
        }

        _meter.Dispose();
    }

    private void Tell()
    {
        foreach (var commit in _waiting.GetConsumingEnumerable())
        {
            try
            {
                Tell(commit);
            }
            catch (Exception)
            {
                Interlocked.Increment(ref _dropped);
            }
        }
    }

    private void Tell(Commit commit)
    {
        _batchSizes?.Record(commit.Appends);
        _durations?.Record(commit.Took.TotalMilliseconds);
        using var activity = Activities.StartActivity("commit", ActivityKind.Internal, default(ActivityContext), startTime: commit.EndedAt - commit.Took);
        activity?.SetTag("executiongrains.batch_size", commit.Appends);
        activity?.SetEndTime(commit.EndedAt.UtcDateTime);
    }

    /// <summary>The instrument; null where a listener threw at the news of it.</summary>
    private static T? Published<T>(Func<T> create)
        where T : Instrument
    {
        try
        {
            return create();
        }
        catch (Exception)
        {
            return null;
        }
    }

    private readonly record struct Commit(int Appends, TimeSpan Took, DateTimeOffset EndedAt);
}
