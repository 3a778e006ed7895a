using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace ExecutionGrains.Storage.Commits;

/// <summary>
/// Reports commits to metric and trace listeners through an <see cref="ObserverQueue"/>, so that a listener that throws or blocks never delays the writer.
/// </summary>
internal sealed class CommitObservers : IDisposable
{
    /// <summary>OpenTelemetry's default limit on the links of a span.</summary>
    private const int LinksMax = 128;

    private static readonly ActivitySource Activities = new("ExecutionGrains");

    private readonly ObserverQueue queue = new("commit observers");
    private readonly Meter meter;
    private readonly Histogram<int>? batchSizes;
    private readonly Histogram<double>? durations;

    /// <param name="scope">Scope of the meter.</param>
    public CommitObservers(object scope)
    {
        meter = new Meter("ExecutionGrains", version: null, tags: null, scope);
        batchSizes = Published(() => meter.CreateHistogram<int>("executiongrains.commit.batch_size", "{append}", "Appends in one transaction."));
        durations = Published(() => meter.CreateHistogram<double>("executiongrains.commit.duration", "ms", "How long one transaction took."));
        Published(() => meter.CreateObservableCounter(
            "executiongrains.commit.untold", () => Dropped, "{commit}", "Commits not reported because the listeners were slow or threw."));
    }

    public long Dropped => queue.Dropped;

    /// <summary>Queues a report of one commit. Does nothing if nobody listens. Never blocks, never throws.</summary>
    /// <param name="callers">The trace activities that submitted the appends.</param>
    public void Committed(int appends, TimeSpan took, DateTimeOffset endedAt, IEnumerable<Activity> callers)
    {
        if (batchSizes?.Enabled != true && durations?.Enabled != true && !Activities.HasListeners())
        {
            return;
        }

        ActivityContext[] traces = Activities.HasListeners()
            ? [.. callers.Where(caller => caller.Recorded).Select(caller => caller.Context).Distinct().Take(1 + LinksMax)]
            : [];
        var commit = new Commit(appends, took, endedAt, traces);
        queue.Add(() => Tell(commit));
    }

    /// <summary>Call after the last commit. Reports the queued commits, for at most 2 s.</summary>
    public void Dispose()
    {
        queue.Dispose();
        meter.Dispose();
    }

    private void Tell(Commit commit)
    {
        batchSizes?.Record(commit.Appends);
        durations?.Record(commit.Took.TotalMilliseconds);
        // One commit serves many traces, but a span has one parent: the first recorded trace gets the span, the others get a link.
        var links = commit.Traces.Skip(1).Select(trace => new ActivityLink(trace));
        using var activity = Activities.StartActivity(
            "commit", ActivityKind.Internal, commit.Traces.FirstOrDefault(), links: links, startTime: commit.EndedAt - commit.Took);
        activity?.SetTag("executiongrains.batch_size", commit.Appends);
        activity?.SetEndTime(commit.EndedAt.UtcDateTime);
    }

    /// <summary>Creates an instrument. Null if a listener threw when it was published.</summary>
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
