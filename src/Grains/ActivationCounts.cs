namespace ExecutionGrains.Grains;

/// <summary>Grains in this silo's memory, by class. Orleans counts them as well, but tells only its management grain.</summary>
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
