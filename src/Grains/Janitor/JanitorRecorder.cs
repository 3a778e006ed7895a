using ExecutionGrains.GrainInterfaces;
using Orleans.Runtime;
using Orleans.Storage;

namespace ExecutionGrains.Grains;

/// <summary>
/// Adds each sweep to the stored <see cref="JanitorRecord"/>, at most once. A failed write is retried with the next sweep of the same activation. It never
/// fails the sweep itself.
/// </summary>
internal sealed class JanitorRecorder(int bucket, IPersistentState<JanitorRecord> storage, GrainLog log)
{
    private const int AttemptsMax = 3;

    /// <summary>Maximum number of sweeps kept while the store refuses writes: 1,000. The oldest is dropped first.</summary>
    private const int UnwrittenMax = 1_000;

    private readonly List<SweepReport> _unwritten = [];

    /// <summary>The last record that is known to be stored. Read on first use, because Orleans loads the grain state after the constructor.</summary>
    private JanitorRecord Stored
    {
        get => field ??= storage.State;
        set;
    }

    /// <summary>
    /// Writes whose outcome is unknown: the id, and the number of unwritten sweeps in the write, counted from the oldest. At most one of them is ever stored,
    /// because each is guarded by the same ETag; it may be stored much later.
    /// </summary>
    private readonly List<(long Id, int Count)> _uncertain = [];

    /// <summary>The stored record plus the sweeps that are not stored yet.</summary>
    public JanitorRecord Record => _unwritten.Count == 0 ? Stored : Stored.With(_unwritten, 0);

    public async Task AddAsync(SweepReport sweep)
    {
        if (_unwritten.Count == UnwrittenMax)
        {
            _unwritten.RemoveAt(0);
            for (var i = 0; i < _uncertain.Count; i++)
            {
                _uncertain[i] = (_uncertain[i].Id, Math.Max(0, _uncertain[i].Count - 1));
            }

            _uncertain.RemoveAll(write => write.Count == 0);
        }

        _unwritten.Add(sweep);
        for (var attempt = 0; attempt < AttemptsMax; attempt++)
        {
            if (await TryWriteAsync())
            {
                return;
            }
        }
    }

    /// <returns>False if the ETag was stale; the record has been read again, and the caller retries. True otherwise, also after a logged failure.</returns>
    private async Task<bool> TryWriteAsync()
    {
        try
        {
            if (_uncertain.Count > 0)
            {
                await ReadAsync();
            }

            if (_unwritten.Count == 0)
            {
                return true;
            }

            var id = Random.Shared.NextInt64(1, long.MaxValue);
            _uncertain.Add((id, _unwritten.Count));
            storage.State = Stored.With(_unwritten, id);
            await storage.WriteStateAsync();
            Stored = storage.State;
            _uncertain.Clear();
            _unwritten.Clear();
            return true;
        }
        catch (InconsistentStateException)
        {
            // Either another activation wrote, or an earlier write of ours was stored although its answer was lost. The next attempt reads the record again.
            return false;
        }
        catch (Exception failure)
        {
            storage.State = Stored;
            log.NotRecorded(IJanitorGrain.Key(bucket), failure.GetBaseException().Message);
            return true;
        }
    }

    private async Task ReadAsync()
    {
        storage.State = Stored;
        var version = storage.Etag;
        await storage.ReadStateAsync();
        Stored = storage.State;
        foreach (var write in _uncertain.Where(write => Stored.WriteIds.Contains(write.Id)))
        {
            _unwritten.RemoveRange(0, write.Count);
        }

        // While the ETag is unchanged, a write in flight may still be stored.
        if (storage.Etag != version)
        {
            _uncertain.Clear();
        }
    }
}
