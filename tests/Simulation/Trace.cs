namespace ExecutionGrains.Simulation;

/// <summary>What happened, in order: always as a hash, and as lines if they are kept.</summary>
internal sealed class Trace(SimulatedTime time, bool keep)
{
    private readonly List<string> _lines = [];

    /// <summary>FNV-1a over all lines.</summary>
    public ulong Hash { get; private set; } = 14695981039346656037;

    public IReadOnlyList<string> Lines => _lines;

    public void Write(string line)
    {
        var hash = (Hash ^ (ulong)time.Elapsed.Ticks) * 1099511628211;
        foreach (var c in line)
        {
            hash = (hash ^ c) * 1099511628211;
        }

        Hash = hash;
        if (keep)
        {
            _lines.Add($"{time.Elapsed.TotalSeconds,10:F4}  {line}");
        }
    }
}
