using ExecutionGrains.Storage;

namespace ExecutionGrains.Grains;

/// <summary>
/// What other silos have announced of late: an activation does not believe what it remembered before. The announcements are numbered; one so old that its ids are forgotten counts for every execution.
/// </summary>
public sealed class RemoteChanges
{
    /// <summary>Ids of one generation; two are kept. 10,000.</summary>
    internal const int IdsMax = 10_000;

    private readonly Lock _gate = new();
    private Dictionary<ExecutionId, long> _young = [];
    private Dictionary<ExecutionId, long> _old = [];
    private long _number;

    /// <summary>The last one of which it is no longer known whom it named.</summary>
    private long _forgotten;

    /// <summary>The last one that the old generation holds.</summary>
    private long _oldUpTo;

    /// <summary>The number of the last announcement; 0 before the first.</summary>
    public long Number => Volatile.Read(ref _number);

    public void Hear(Changes changes)
    {
        lock (_gate)
        {
            _number++;
            if (changes.IsEverything)
            {
                (_forgotten, _oldUpTo, _young, _old) = (_number, _number, [], []);
                return;
            }

            foreach (var id in changes.Ids)
            {
                _young[id] = _number;
            }

            if (_young.Count > IdsMax)
            {
                (_forgotten, _oldUpTo, _young, _old) = (_oldUpTo, _number, [], _young);
            }
        }
    }

    /// <summary>Whether the execution was announced, or may have been, after the announcement of this number.</summary>
    public bool IsSince(ExecutionId id, long number)
    {
        if (Number <= number)
        {
            return false;
        }

        lock (_gate)
        {
            return _forgotten > number || _young.GetValueOrDefault(id) > number || _old.GetValueOrDefault(id) > number;
        }
    }
}
