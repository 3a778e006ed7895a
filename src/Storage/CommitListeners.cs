using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Threading.Channels;

namespace ExecutionGrains.Storage;

/// <summary>
/// Tells whoever listens to metrics and traces of the commits, after the answers are out and on a task of its own: a listener that throws or
/// hangs never meets the writer. At most 1,024 commits wait to be told; what is beyond, and what a listener throws at, is counted and left out.
/// </summary>
internal sealed class CommitListeners
{
    private const int WaitingMax = 1_024;
    private const string Name = "ExecutionGrains";

    // Listeners are called when a source or an instrument is made, too: made here, a static constructor would keep what they throw for ever.
    private static readonly Lazy<ActivitySource> Activities = new(() => new(Name), LazyThreadSafetyMode.PublicationOnly);
    private static readonly Meter Meter = new(Name);

    private static readonly Lazy<Histogram<int>> BatchSizes =
        new(() => Meter.CreateHistogram<int>("executiongrains.commit.batch_size", "{append}", "Appends in one transaction."), LazyThreadSafetyMode.PublicationOnly);

    private static readonly Lazy<Histogram<double>> Durations =
        new(() => Meter.CreateHistogram<double>("executiongrains.commit.duration", "ms", "How long one transaction took."), LazyThreadSafetyMode.PublicationOnly);

    private readonly Channel<Commit> waiting = Channel.CreateBounded<Commit>(new BoundedChannelOptions(WaitingMax) { SingleReader = true, SingleWriter = true });
    private long unheard;

    public CommitListeners() => _ = Task.Run(TellAsync);

    public long UnheardCount => Interlocked.Read(ref unheard);

    public void Tell(int appends, DateTimeOffset at, TimeSpan took)
    {
        if (!waiting.Writer.TryWrite(new(appends, at, took)))
        {
            Interlocked.Increment(ref unheard);
        }
    }

    /// <summary>Nothing comes any more. What waits is still told, and nobody waits for that.</summary>
    public void Close() => waiting.Writer.TryComplete();

    private async Task TellAsync()
    {
        await foreach (var commit in waiting.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            var heard = Try(commit, static c => BatchSizes.Value.Record(c.Appends));
            heard &= Try(commit, static c => Durations.Value.Record(c.Took.TotalMilliseconds));
            heard &= Try(commit, Trace);
            if (!heard)
            {
                Interlocked.Increment(ref unheard);
            }
        }
    }

    private static bool Try(Commit commit, Action<Commit> tell)
    {
        try
        {
            tell(commit);
            return true;
        }
        catch (Exception)
        {
            return false;
        }
    }

    private static void Trace(Commit commit)
    {
        using var activity = Activities.Value.StartActivity("commit", ActivityKind.Internal, parentContext: default, startTime: commit.At);
        activity?.SetTag("executiongrains.batch_size", commit.Appends).SetEndTime((commit.At + commit.Took).UtcDateTime);
    }

    private readonly record struct Commit(int Appends, DateTimeOffset At, TimeSpan Took);
}
