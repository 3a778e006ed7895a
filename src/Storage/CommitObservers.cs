using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace ExecutionGrains.Storage;

/// <summary>
/// Reports commits to listeners of metrics and traces through an <see cref="ObserverQueue"/>, so that one that throws or hangs never holds up the writer.
/// </summary>
internal sealed class CommitObservers : IDisposable
{
    /// <summary>OpenTelemetry's default limit of a span's links.</summary>
    private const int LinksMax = 128;

    private static readonly ActivitySource Activities = new("ExecutionGrains");

    private readonly ObserverQueue queue = new("commit observers");
    private readonly Meter meter;
    private readonly Histogram<int>? batchSizes;
    private readonly Histogram<double>? durations;

    /// <param name="scope">The meter's.</param>
    public CommitObservers(object scope)
    {
        meter = new Meter("ExecutionGrains", version: null, tags: null, scope);
        batchSizes = Published(() => meter.CreateHistogram<int>("executiongrains.commit.batch_size", "{append}", "Appends in one transaction."));
        durations = Published(() => meter.CreateHistogram<double>("executiongrains.commit.duration", "ms", "How long one transaction took."));
        Published(() => meter.CreateObservableCounter("executiongrains.commit.untold", () => Dropped, "{commit}", "Commits that listeners did not hear of: they were slow, or threw."));
    }

    public long Dropped => queue.Dropped;

    /// <summary>Costs nothing while nobody listens; never waits, never throws.</summary>
    /// <param name="callers">The traced operations that submitted the appends.</param>
    public void Committed(int appends, TimeSpan took, DateTimeOffset endedAt, IEnumerable<Activity> callers)
    {
        if (batchSizes?.Enabled != true && durations?.Enabled != true && !Activities.HasListeners())
        {
            return;
        }

        ActivityContext[] traces = Activities.HasListeners() ? [.. callers.Where(caller => caller.Recorded).Select(caller => caller.Context).Distinct().Take(1 + LinksMax)] : [];
        var commit = new Commit(appends, took, endedAt, traces);
        queue.Add(() => Tell(commit));
    }

    /// <summary>After the last commit. Reports the commits that wait, for at most two seconds.</summary>
    public void Dispose()
    {
        queue.Dispose();
        meter.Dispose();
    }

    private void Tell(Commit commit)
    {
        batchSizes?.Record(commit.Appends);
        durations?.Record(commit.Took.TotalMilliseconds);
        // One commit serves many traces and a span has one parent: the first recorded trace gets the span, the others a link.
        var links = commit.Traces.Skip(1).Select(trace => new ActivityLink(trace));
        using var activity = Activities.StartActivity(
            "commit", ActivityKind.Internal, commit.Traces.FirstOrDefault(), links: links, startTime: commit.EndedAt - commit.Took);
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

    private readonly record struct Commit(int Appends, TimeSpan Took, DateTimeOffset EndedAt, ActivityContext[] Traces);
}
