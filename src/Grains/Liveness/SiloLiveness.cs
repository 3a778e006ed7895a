using ExecutionGrains.Rules;
using ExecutionGrains.Storage;

namespace ExecutionGrains.Grains;

/// <summary>
/// Writes this silo's heartbeat every 2 s and knows the outages (rule 9): no silo alive for 6 s, a clock step of that size, or a silo that vanished.
/// Executions are judged as of the moment up to which every silo is known to have been alive, or its silence is known as an outage (decision 12).
/// </summary>
public sealed class SiloLiveness(IOperationsStore store, TrackerClock clock, SiloMembership membership)
{
    /// <summary>2 s.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    /// <summary>6 s.</summary>
    public static readonly TimeSpan OutageThreshold = TimeSpan.FromSeconds(6);

    /// <summary>
    /// How long each call of the store may take for a heartbeat. 4 s. One that hangs must not hold up the next: until then this silo knows no new outage, and
    /// the other
    /// silos take it for silent.
    /// </summary>
    public static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(4);

    /// <summary>The newest that are remembered; an outage matters until one lease after its end, and leases may be long. 1,000.</summary>
    private const int OutagesMax = 1_000;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Lock _gate = new();
    private Task? _next;
    private volatile Signs _signs = new(DateTimeOffset.MinValue, [], 0, DateTimeOffset.MaxValue);
    private volatile bool _hasLeft;

    public string SiloId => membership.SiloId;

    public IReadOnlyList<Outage> Outages => _signs.Outages;

    public DateTimeOffset LastBeat => _signs.At;

    /// <summary>Whether enough is known to judge at all: a silo that was away itself knows of no outage since.</summary>
    public bool MayJudge(DateTimeOffset now) => !_hasLeft && now - LastBeat <= OutageThreshold;

    /// <summary>The outages, and the moment up to which they are all of them, at most <paramref name="now"/>: what runs out later is not judged yet.</summary>
    public (IReadOnlyList<Outage> Outages, DateTimeOffset Until) KnownAt(DateTimeOffset now)
    {
        var signs = _signs;
        return (signs.Outages, signs.OthersAt < now ? signs.OthersAt : now);
    }

    /// <summary>
    /// One heartbeat of this silo. Notes the outage that it ends and the silos that are gone. Callers that ask while one is under way share the next one: the
    /// janitors ask for one
    /// each before they sweep, and if the store hangs, each would take its full time.
    /// </summary>
    /// <exception cref="StoreException">The store is away: no sign of life was written.</exception>
    public async Task BeatAsync(CancellationToken cancel)
    {
        Task next;
        lock (_gate)
        {
            next = _next ??= Next();
        }

        await next.WaitAsync(cancel);
    }

    /// <summary>The last word: that this silo serves no more and its executions are served elsewhere. It judges none from now on.</summary>
    /// <exception cref="StoreException">The store is away: the others find out by themselves, and note an outage.</exception>
    public async Task LeaveAsync(CancellationToken cancel)
    {
        _hasLeft = true;
        await _turn.WaitAsync(cancel);
        try
        {
            await InTime("write that this silo leaves", limited => Done(store.LeaveAsync(SiloId, clock.Now, limited)), cancel);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task Next()
    {
        // It is the next one until it begins, also where it may begin at once.
        await Task.Yield();
        await _turn.WaitAsync();
        lock (_gate)
        {
            _next = null;
        }

        try
        {
            if (!_hasLeft)
            {
                await Beat();
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task Beat()
    {
        var now = clock.Now;
        var sign = await Write(now);
        if (sign.Before is { } seen)
        {
            clock.Follow(seen);
        }

        // What the others' signs let judge, only with the outages that came with them.
        var outages = sign.OutageCount == _signs.OutageCount
            ? _signs.Outages
            : await InTime("list the outages", limited => store.OutagesAsync(OutagesMax, limited));
        _signs = new(now, outages, sign.OutageCount, sign.Others.Count == 0 ? DateTimeOffset.MaxValue : sign.Others.Values.Min());
        foreach (var (silo, alive) in sign.Others)
        {
            await Bury(silo, alive);
        }
    }

    /// <summary>Records the silence of a silo as an outage; until then, executions are judged only up to that silo's last heartbeat.</summary>
    private async Task Bury(string silo, DateTimeOffset alive)
    {
        var silence = clock.Now - alive;
        var mayBeDead = silence > Period || silence < -SignOfLife.AheadMax;
        if (silence > membership.GoneAfter || (mayBeDead && membership.IsDead(silo)))
        {
            await InTime("write that a silo is gone", limited => Done(store.GoneAsync(silo, alive, clock.Now, limited)));
        }
    }

    /// <summary>The first may take as long as the store takes: nobody is served yet.</summary>
    private Task<SignOfLife> Write(DateTimeOffset now) => LastBeat == DateTimeOffset.MinValue
        ? store.AliveAsync(SiloId, now, OutageThreshold, CancellationToken.None)
        : InTime("write that this silo is alive", limited => store.AliveAsync(SiloId, now, OutageThreshold, limited));

    private async Task<T> InTime<T>(string operation, Func<CancellationToken, Task<T>> call, CancellationToken cancel = default)
    {
        using var enough = new CancellationTokenSource(AnswerMax, clock.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(enough.Token, cancel);
        try
        {
            return await call(either.Token).WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (enough.IsCancellationRequested)
        {
            throw new StoreException(operation, $"no answer within {AnswerMax.TotalSeconds:0} s", transient: true) { Uncertain = true };
        }
    }

    private static async Task<bool> Done(Task work)
    {
        await work;
        return true;
    }

    /// <param name="At">This silo's last sign of life.</param>
    /// <param name="OthersAt">The oldest last sign of the others, as of this one's.</param>
    private sealed record Signs(DateTimeOffset At, IReadOnlyList<Outage> Outages, long OutageCount, DateTimeOffset OthersAt);
}
