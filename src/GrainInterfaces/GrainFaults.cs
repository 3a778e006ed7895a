using Orleans.Runtime;

namespace ExecutionGrains.GrainInterfaces;

/// <summary>What may come out of a grain call that is no answer of the grain.</summary>
public static class GrainFaults
{
    /// <summary>
    /// Whether the grain was not reached, or its answer did not come back: the same call, with the same event ids, may be made again. A silo that died is
    /// told in several ways (a timeout, an unavailable silo, a rejected message) until the others know that it did.
    /// </summary>
    public static bool IsAway(Exception failure) => failure is TimeoutException or OrleansException;
}
