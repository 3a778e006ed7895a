using ExecutionGrains.GrainInterfaces;
using Orleans.Runtime;
using Orleans.Storage;

namespace ExecutionGrains.Grains;

/// <summary>
/// Adds sweeps to the stored <see cref="JanitorRecord"/>, each exactly once. A write that fails is retried with the next sweep; a record that
/// cannot be written never fails the sweep that it describes.
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

    /// <summary>Id of a write whose outcome is unknown, and the sweeps that it held.</summary>
    private (long Id, int Count)? _uncertain;

    /// <summary>What is known of the bucket: the stored record and the sweeps that are not stored yet.</summary>
    public JanitorRecord Record => _unwritten.Count == 0 ? Stored : Stored.With(_unwritten, 0);

    public async Task AddAsync(SweepReport sweep)
    {
        if (_unwritten.Count == UnwrittenMax)
        {
            _unwritten.RemoveAt(0);
            _uncertain = _uncertain is { Count: > 0 } u ? u with { Count = u.Count - 1 } : _uncertain;
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
            if (_uncertain is not null)
            {
                await ReadAsync();
            }

            if (_unwritten.Count == 0)
            {
                return true;
            }

            _uncertain = (Random.Shared.NextInt64(1, long.MaxValue), _unwritten.Count);
            storage.State = Stored.With(_unwritten, _uncertain.Value.Id);
            await storage.WriteStateAsync();
            (Stored, _uncertain) = (storage.State, null);
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
        await storage.ReadStateAsync();
        Stored = storage.State;
        if (_uncertain is { } write && write.Id == Stored.WriteId)
        {
            _unwritten.RemoveRange(0, write.Count);
        }

        _uncertain = null;
    }
}
