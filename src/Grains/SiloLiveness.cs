using ExecutionGrains.Rules;
using ExecutionGrains.Storage;

namespace ExecutionGrains.Grains;

/// <summary>
/// Writes every 2 s that this silo is alive, and knows the outages: no silo alive for 6 s, or a clock that stepped that far, is nobody's fault (rule 9).
/// </summary>
public sealed class SiloLiveness(IOperationsStore store, TrackerClock clock)
{
    /// <summary>2 s.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    /// <summary>6 s.</summary>
    public static readonly TimeSpan OutageThreshold = TimeSpan.FromSeconds(6);

    /// <summary>How long an ended outage can still matter: longer than the longest lease. 25 h.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromHours(25);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private volatile IReadOnlyList<Outage>? _outages;

    public string SiloId { get; } = Guid.NewGuid().ToString("N");

    public IReadOnlyList<Outage> Outages => _outages ?? [];

    public DateTimeOffset LastBeat { get; private set; } = DateTimeOffset.MinValue;

    /// <summary>Whether outages up to now are known, so that silence may be judged.</summary>
    public bool MayJudge => _outages is not null && clock.Now - LastBeat <= OutageThreshold;

    /// <summary>One sign of life; notes the outage that it ends.</summary>
    /// <exception cref="StoreException">The store is away: no sign of life was written.</exception>
    public async Task BeatAsync(CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            var now = clock.Now;
            if (await store.AliveAsync(SiloId, now, OutageThreshold, cancel) is { } seen)
            {
                clock.Follow(seen);
            }

            // Each time: another silo may have ended an outage that this one slept through.
            _outages = await store.OutagesAsync(now - Memory, cancel);
            LastBeat = now;
        }
        finally
        {
            _turn.Release();
        }
    }
}
