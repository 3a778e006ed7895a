using ExecutionGrains.Rules;
using ExecutionGrains.Storage;

namespace ExecutionGrains.Grains;

/// <summary>
/// Tells whether one sweep would lose more than the allowed share of the live executions. It applies the rules to the stored states, including outages; the due
/// list alone would overestimate. All janitors of a silo share one instance and its result.
/// </summary>
public sealed class MassLoss(IExecutionStore store, GrainServices services, JanitorSettings settings)
{
    private const int LiveMinimum = 100;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private DateTimeOffset _seenAt = DateTimeOffset.MinValue;

    /// <summary>
    /// A positive result is cached for half a sweep period, so that not every janitor reads all due executions. A negative result is not cached.
    /// </summary>
    public async Task<bool> Impends(DateTimeOffset now)
    {
        await _turn.WaitAsync();
        try
        {
            if (now - _seenAt < settings.Period / 2)
            {
                return true;
            }

            var impends = await Judged(now);
            _seenAt = impends ? now : DateTimeOffset.MinValue;
            return impends;
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<bool> Judged(DateTimeOffset now)
    {
        var (live, due) = await store.CountDueAsync(now, CancellationToken.None);
        var may = live * settings.MassLossHold;
        if (live < LiveMinimum || due <= may)
        {
            return false;
        }

        long lost = 0;
        for (var bucket = 0; bucket < GrainInterfaces.IJanitorGrain.BucketCount && lost <= may; bucket++)
        {
            DueExecution? last = null;
            IReadOnlyList<DueExecution> page;
            do
            {
                page = await store.DueAsync(bucket, now, last, settings.Concurrency, CancellationToken.None);
                var states = await Task.WhenAll(page.Select(e => store.LoadAsync(e.Id, CancellationToken.None)));
                lost += states.Count(state => state is not null && WouldBeLost(state, now));
                last = page.LastOrDefault();
            }
            while (page.Count == settings.Concurrency && lost <= may);
        }

        if (lost <= may)
        {
            return false;
        }

        services.Log.MassLoss(lost, live);
        return true;
    }

    /// <summary>
    /// Judges by the stored lease. A live execution's lease is stored again before less than half of it is left, so its stored lease does not expire.
    /// </summary>
    private bool WouldBeLost(ExecutionState state, DateTimeOffset now)
    {
        var (outages, until) = services.Liveness.KnownAt(now);
        return Deadlines.FirstExpired(state with { LeaseExpiresAt = state.StoredLease }, outages, until, services.Settings) == Move.Lose;
    }
}
