using ExecutionGrains.Storage.Commits;

namespace ExecutionGrains.Grains;

/// <summary>
/// The recent change announcements of other silos. An activation does not trust a memory that is older than an announcement of its execution. Announcements
/// are numbered. Only recent ids are kept, so an older announcement counts for every execution.
/// </summary>
public sealed class RemoteChanges
{
    /// <summary>Maximum number of ids in one generation: 10,000. Two generations are kept.</summary>
    internal const int IdsMax = 10_000;

    private readonly Lock _gate = new();
    private Dictionary<ExecutionId, long> _young = [];
    private Dictionary<ExecutionId, long> _old = [];
    private long _number;

    /// <summary>Number of the last announcement whose ids are no longer kept.</summary>
    private long _forgotten;

    /// <summary>Number of the last announcement in the old generation.</summary>
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

    /// <summary>Whether an announcement after the given number named this execution, or may have named it.</summary>
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
