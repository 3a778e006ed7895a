namespace ExecutionGrains.Grains;

/// <summary>Counts the activated grains of this silo by class. Orleans counts them too, but exposes the counts only through its management grain.</summary>
public sealed class ActivationCounts
{
    private long _executions;
    private long _janitors;

    public Dictionary<string, long> ByClass() => new()
    {
        [nameof(ExecutionGrain)] = Interlocked.Read(ref _executions),
        [nameof(JanitorGrain)] = Interlocked.Read(ref _janitors),
    };

    internal void AddExecution(int count) => Interlocked.Add(ref _executions, count);

    internal void AddJanitor(int count) => Interlocked.Add(ref _janitors, count);
}
