namespace ExecutionGrains.Fuzz;

/// <summary>The parsers that are fuzzed. A target takes any bytes and throws only if the parser has a defect.</summary>
public static class FuzzTarget
{
    public static readonly IReadOnlyDictionary<string, Action<byte[]>> All = new SortedDictionary<string, Action<byte[]>>(StringComparer.Ordinal)
    {
        ["events"] = input => EventTarget.Run(input),
        ["query"] = input => QueryTarget.Run(input),
    };

    /// <exception cref="InvalidOperationException">The condition does not hold.</exception>
    internal static void Require(bool condition, string what)
    {
        if (!condition)
        {
            throw new InvalidOperationException(what);
        }
    }
}
