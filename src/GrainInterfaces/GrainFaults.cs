using Orleans.Runtime;
using Orleans.Runtime.Messaging;

namespace ExecutionGrains.GrainInterfaces;

/// <summary>What a grain call can end with instead of the grain's answer. Read in the source of Orleans 10.4.2.</summary>
public static class GrainFaults
{
    /// <summary>
    /// Whether the grain was not reached, or its answer did not come back: the same call, with the same event ids, may be made again.
    /// False for a fault that would come again: of serialization, of the arguments, of a grain that cannot be activated.
    /// </summary>
    public static bool IsAway(Exception failure) => failure is
        // The silo died, hangs or stops, or no connection to it holds. SiloUnavailableException is a rejection, too.
        TimeoutException or OrleansMessageRejectionException or ConnectionFailedException or ClientNotAvailableException
        // The silo, or the grain, has more calls than it takes.
        or GatewayTooBusyException or LimitExceededException
        // The silo stopped while it activated the grain.
        or OrleansLifecycleCanceledException
        || IsUnsettled(failure);

    /// <summary>
    /// Orleans's directory and placement have no type of their own for "the silos do not agree yet which of them are alive".
    /// With any inner exception but a timeout it is a storage provider's fault, which keeps the grain from activating.
    /// </summary>
    private static bool IsUnsettled(Exception failure) => failure.GetType() == typeof(OrleansException) && failure.InnerException is null or TimeoutException;
}
