using ExecutionGrains.Grains;
using ExecutionGrains.Storage;

namespace ExecutionGrains.Hosting.Store;

/// <summary>
/// The size of the store and its growth rate. The rate is computed from samples that this silo takes every 5 min, since its start but at most over the last
/// 24 h.
/// </summary>
public sealed partial class StoreSizeSampler(
    IOperationsStore store,
    [FromKeyedServices(TrackerClock.Key)] TimeProvider time,
    ILogger<StoreSizeSampler> log) : BackgroundService
{
    /// <summary>Shortest span for which a rate is given. 1 min; over a shorter span, a few pages would extrapolate to gigabytes per hour.</summary>
    private static readonly TimeSpan SpanMin = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan SpanMax = TimeSpan.FromHours(24);
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Longest age of a cached description of the store. 5 s. Its size is found by a walk over all its files, and an open dashboard page asks every few
    /// seconds.
    /// </summary>
    private static readonly TimeSpan DescribedMax = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private readonly Queue<(long Stamp, long Bytes)> noted = new();
    private (long Stamp, StoreDescription What)? described;

    /// <summary>Returns the store's description, at most 5 s old.</summary>
    /// <exception cref="StoreException">The store is unavailable.</exception>
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

    /// <summary>Growth in bytes per hour; negative if the store has shrunk, null in the first minute.</summary>
    /// <param name="bytes">The current size of the store.</param>
    public long? PerHour(long bytes)
    {
        lock (gate)
        {
            return noted.TryPeek(out var first) && time.GetElapsedTime(first.Stamp) is var span && span >= SpanMin
                ? (long)((bytes - first.Bytes) / span.TotalHours)
                : null;
        }
    }

    /// <summary>Takes a sample of the store's size and drops samples that are older than 24 h.</summary>
    /// <exception cref="StoreException">The store is unavailable.</exception>
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
                // Every exception is caught: the next sample follows in 5 min, and an exception that leaves a hosted service stops the silo.
                NoteFailed(failure.Message, failure is StoreException ? null : failure);
            }
        }
    }
}
