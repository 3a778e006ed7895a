using ExecutionGrains.GrainInterfaces;
using Orleans.Runtime;
using Orleans.Storage;

namespace ExecutionGrains.Grains;

/// <summary>
/// Adds each sweep to the stored <see cref="JanitorRecord"/> at most once. A failed write is retried with the next sweep of the same activation; it never
/// fails the sweep that it describes.
/// </summary>
internal sealed class JanitorRecorder(int bucket, IPersistentState<JanitorRecord> storage, GrainLog log)
{
    private const int AttemptsMax = 3;

    /// <summary>Sweeps kept for a later write while the store refuses them; older ones are dropped. 1,000.</summary>
    private const int UnwrittenMax = 1_000;

    private readonly List<SweepReport> _unwritten = [];

    /// <summary>The last record known to be stored, or read. The state arrives after the constructor, with the activation.</summary>
    private JanitorRecord Stored
    {
        get => field ??= storage.State;
        set;
    }

    /// <summary>
    /// Writes whose outcome is unknown: their ids, and how many of the unwritten sweeps each held, from the oldest. At most one of them ever arrives,
    /// perhaps long after.
    /// </summary>
    private readonly List<(long Id, int Count)> _uncertain = [];

    /// <summary>What is known of the bucket: the stored record and the sweeps that are not stored yet.</summary>
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

    /// <returns>False when another activation wrote first, and the record was read again.</returns>
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
            // Read again below: either another activation wrote, or an earlier write of ours arrived although its answer did not.
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

        // While the version stays the same, a write that is still under way may arrive yet.
        if (storage.Etag != version)
        {
            _uncertain.Clear();
        }
    }
}
