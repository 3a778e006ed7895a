using System.Collections.Concurrent;

namespace ExecutionGrains.Faults;

/// <summary>Every event that a silo acknowledged, recorded outside the silo.</summary>
internal sealed class Acknowledged
{
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<string, byte>> _events = new(StringComparer.Ordinal);

    public int Count => _events.Values.Sum(e => e.Count);

    public IEnumerable<string> Executions => _events.Keys;

    public void Add(string executionId, string eventId) =>
        _events.GetOrAdd(executionId, _ => new(StringComparer.Ordinal)).TryAdd(eventId, 0);

    /// <summary>Acknowledged events that are missing, and events that are stored twice.</summary>
    public async Task<IReadOnlyList<string>> DifferencesAsync(TrackerApi api)
    {
        var differences = new ConcurrentBag<string>();
        await Parallel.ForEachAsync(_events, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (pair, _) =>
        {
            var stored = await api.AppliedEventsAsync(pair.Key);
            foreach (var id in pair.Value.Keys.Except(stored, StringComparer.Ordinal))
            {
                differences.Add($"{pair.Key}/{id} was acknowledged and is gone");
            }

            foreach (var twice in stored.GroupBy(id => id, StringComparer.Ordinal).Where(g => g.Count() > 1))
            {
                differences.Add($"{pair.Key}/{twice.Key} is there {twice.Count()} times");
            }
        });
        return [.. differences.Order(StringComparer.Ordinal)];
    }
}
