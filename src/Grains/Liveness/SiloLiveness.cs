using ExecutionGrains.Rules;
using ExecutionGrains.Storage;

namespace ExecutionGrains.Grains;

/// <summary>
/// Writes this silo's heartbeat every 2 s and tracks outages of the tracker. An outage is a time of 6 s or more in which no silo was alive, a clock step of
/// that size, or the silence of a silo that died. Deadlines are judged as of a time up to which every silo is known to have been alive or its silence is
/// recorded as an outage (docs/decisions/0012-silence-of-a-silo.md).
/// </summary>
public sealed class SiloLiveness(IOperationsStore store, TrackerClock clock, SiloMembership membership)
{
    /// <summary>Time between heartbeats: 2 s.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    /// <summary>Minimum length of an outage: 6 s.</summary>
    public static readonly TimeSpan OutageThreshold = TimeSpan.FromSeconds(6);

    /// <summary>
    /// Timeout of each store call of a heartbeat: 4 s. A call that hangs must not delay the next heartbeat: until that one succeeds, this silo learns of no
    /// new outage, and the other silos see it as silent.
    /// </summary>
    public static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(4);

    /// <summary>
    /// Maximum number of outages kept, newest first: 1,000. Old ones still matter, because an outage moves deadlines until one lease after its end, and
    /// leases can be long.
    /// </summary>
    private const int OutagesMax = 1_000;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Lock _gate = new();
    private Task? _next;
    private volatile Signs _signs = new(DateTimeOffset.MinValue, [], 0, DateTimeOffset.MaxValue);
    private volatile bool _hasLeft;

    public string SiloId => membership.SiloId;

    public IReadOnlyList<Outage> Outages => _signs.Outages;

    public DateTimeOffset LastBeat => _signs.At;

    /// <summary>
    /// Whether this silo may judge deadlines. False if its last heartbeat is more than <see cref="OutageThreshold"/> old, because then it may not know the
    /// latest outages; false also after <see cref="LeaveAsync"/>.
    /// </summary>
    public bool MayJudge(DateTimeOffset now) => !_hasLeft && now - LastBeat <= OutageThreshold;

    /// <summary>
    /// The outages, and the time up to which the list is known to be complete, at most <paramref name="now"/>. Deadlines after that time are not judged yet.
    /// </summary>
    public (IReadOnlyList<Outage> Outages, DateTimeOffset Until) KnownAt(DateTimeOffset now)
    {
        var signs = _signs;
        return (signs.Outages, signs.OthersAt < now ? signs.OthersAt : now);
    }

    /// <summary>
    /// Writes one heartbeat. Records the outage that it ends and the silos that have died. Callers that arrive while one is being written share the next one:
    /// every janitor asks for a heartbeat before it sweeps, and with a store that hangs, separate calls would add up their timeouts.
    /// </summary>
    /// <exception cref="StoreException">The store is unavailable; the heartbeat was not written.</exception>
    public async Task BeatAsync(CancellationToken cancel)
    {
        Task next;
        lock (_gate)
        {
            next = _next ??= Next();
        }

        await next.WaitAsync(cancel);
    }

    /// <summary>
    /// Records that this silo has stopped serving and that other silos serve its executions. From now on it judges no deadlines and writes no heartbeats.
    /// </summary>
    /// <exception cref="StoreException">The store is unavailable. The other silos detect the silence themselves and record an outage.</exception>
    public async Task LeaveAsync(CancellationToken cancel)
    {
        _hasLeft = true;
        await _turn.WaitAsync(cancel);
        try
        {
            await InTime("record that this silo leaves", limited => Done(store.LeaveAsync(SiloId, clock.Now, limited)), cancel);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task Next()
    {
        // Yield, so that BeatAsync has stored this task in _next before it is cleared below, even if the lock is free.
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

        // Publish the other silos' heartbeats only together with the outages known at the same time; judging with newer heartbeats and older outages would be
        // wrong.
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
            await InTime("record a silo as gone", limited => Done(store.GoneAsync(silo, alive, clock.Now, limited)));
        }
    }

    /// <summary>The first heartbeat has no timeout: no requests are served yet.</summary>
    private Task<SignOfLife> Write(DateTimeOffset now) => LastBeat == DateTimeOffset.MinValue
        ? store.AliveAsync(SiloId, now, OutageThreshold, CancellationToken.None)
        : InTime("write the heartbeat", limited => store.AliveAsync(SiloId, now, OutageThreshold, limited));

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

    /// <param name="At">Time of this silo's last heartbeat.</param>
    /// <param name="OthersAt">The oldest of the other silos' last heartbeats, as read with this silo's own.</param>
    private sealed record Signs(DateTimeOffset At, IReadOnlyList<Outage> Outages, long OutageCount, DateTimeOffset OthersAt);
}
