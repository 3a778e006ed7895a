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

    /// <summary>
    /// How long a sign of life may be under way. 4 s. One that hangs must not hold up the next: until then this silo knows neither of outages nor, where another's clock is ahead, of the time.
    /// </summary>
    public static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(4);

    /// <summary>The newest that are remembered; an outage matters until one lease after its end, and leases may be long. 1,000.</summary>
    private const int OutagesMax = 1_000;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private volatile IReadOnlyList<Outage> _outages = [];

    /// <summary>Whether the store knows outages that this silo has not read yet.</summary>
    private volatile bool _isStale = true;

    public string SiloId { get; } = Guid.NewGuid().ToString("N");

    public IReadOnlyList<Outage> Outages => _outages;

    public DateTimeOffset LastBeat { get; private set; } = DateTimeOffset.MinValue;

    /// <summary>Whether outages up to this moment are known, so that silence may be judged as of it.</summary>
    public bool MayJudge(DateTimeOffset now) => !_isStale && now - LastBeat <= OutageThreshold;

    /// <summary>One sign of life; notes the outage that it ends.</summary>
    /// <exception cref="StoreException">The store is away: no sign of life was written.</exception>
    public async Task BeatAsync(CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            var now = clock.Now;
            var before = await Write(now, cancel);
            if (before is { } seen)
            {
                clock.Follow(seen);
            }

            // Whoever was away as long has one to read too, even where another silo was first to write it; and so has who was here, and whose last sign another silo found that old.
            _isStale |= now - before > OutageThreshold || now - LastBeat > OutageThreshold || before - LastBeat > OutageThreshold;
            if (_isStale)
            {
                _outages = await store.OutagesAsync(OutagesMax, cancel);
                _isStale = false;
            }

            LastBeat = now;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The first may take as long as the store takes: nobody is served yet.</summary>
    private async Task<DateTimeOffset?> Write(DateTimeOffset now, CancellationToken cancel)
    {
        if (LastBeat == DateTimeOffset.MinValue)
        {
            return await store.AliveAsync(SiloId, now, OutageThreshold, cancel);
        }

        using var enough = new CancellationTokenSource(AnswerMax, clock.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(enough.Token, cancel);
        try
        {
            return await store.AliveAsync(SiloId, now, OutageThreshold, either.Token).WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (enough.IsCancellationRequested)
        {
            throw new StoreException("write that this silo is alive", $"no answer within {AnswerMax.TotalSeconds:0} s", transient: true) { Uncertain = true };
        }
    }
}
