using ExecutionGrains.Grains;
using ExecutionGrains.Storage;

namespace ExecutionGrains.Silo.Hosting;

/// <summary>How large the store is, and how fast it grows, by what this silo has seen since its start, of the last 24 h at most: its size is noted every 5 min.</summary>
public sealed partial class StoreGrowth(
    IOperationsStore store,
    [FromKeyedServices(TrackerClock.Key)] TimeProvider time,
    ILogger<StoreGrowth> log) : BackgroundService
{
    /// <summary>Before that, a few pages would be gigabytes an hour.</summary>
    private static readonly TimeSpan SpanMin = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan SpanMax = TimeSpan.FromHours(24);
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(5);

    /// <summary>How old what is said of the store may be: its size is a walk over all its files, and a page that is open asks every few seconds. 5 s.</summary>
    private static readonly TimeSpan DescribedMax = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private readonly Queue<(long Stamp, long Bytes)> noted = new();
    private (long Stamp, StoreDescription What)? described;

    /// <summary>What the store says of itself, or said within the last 5 s.</summary>
    /// <exception cref="StoreException">The store is away.</exception>
    public async Task<StoreDescription> DescribeAsync(CancellationToken cancel)
    {
        lock (gate)
        {
            if (described is var (stamp, what) && time.GetElapsedTime(stamp) < DescribedMax)
            {
                return what;
            }
        }

        var asked = time.GetTimestamp();
        var description = await store.DescribeAsync(cancel).ConfigureAwait(false);
        lock (gate)
        {
            described = (asked, description);
        }

        return description;
    }

    /// <summary>Bytes per hour, less than 0 where the store has shrunk; null in the first minute.</summary>
    /// <param name="bytes">Its size now.</param>
    public long? PerHour(long bytes)
    {
        lock (gate)
        {
            return noted.TryPeek(out var first) && time.GetElapsedTime(first.Stamp) is var span && span >= SpanMin
                ? (long)((bytes - first.Bytes) / span.TotalHours)
                : null;
        }
    }

    public async Task NoteAsync(CancellationToken cancel)
    {
        var description = await store.DescribeAsync(cancel).ConfigureAwait(false);
        lock (gate)
        {
            noted.Enqueue((time.GetTimestamp(), description.SizeBytes));
            while (time.GetElapsedTime(noted.Peek().Stamp) > SpanMax)
            {
                noted.Dequeue();
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            try
            {
                await NoteAsync(stoppingToken).ConfigureAwait(false);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                // Whatever it was, the next time is in a few minutes. Left to the host it would be the end of the silo.
                NoteFailed(failure.Message, failure is StoreException ? null : failure);
            }
        }
    }
}
