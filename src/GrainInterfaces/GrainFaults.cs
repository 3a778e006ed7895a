using Orleans.Runtime;
using Orleans.Runtime.Messaging;

namespace ExecutionGrains.GrainInterfaces;

/// <summary>Classifies the exceptions with which Orleans ends a grain call. Taken from the source of Orleans 10.4.2.</summary>
public static class GrainFaults
{
    /// <summary>
    /// Whether the fault is transient: the grain was not reached, or its answer was lost. The same call, with the same event ids, may be made again.
    /// False for permanent faults: serialization, wrong arguments, a grain that cannot be activated.
    /// </summary>
    public static bool IsAway(Exception failure) => failure is
        // The silo died, hangs or stops, or the connection to it broke. SiloUnavailableException derives from OrleansMessageRejectionException.
        TimeoutException or OrleansMessageRejectionException or ConnectionFailedException or ClientNotAvailableException
        // The silo or the grain is overloaded.
        or GatewayTooBusyException or LimitExceededException
        // The silo stopped during the activation of the grain.
        or OrleansLifecycleCanceledException
        || IsUnsettled(failure);

    /// <summary>
    /// While the silos do not yet agree on the cluster membership, the grain directory and the placement of Orleans throw a plain
    /// <see cref="OrleansException"/>. With an inner exception other than a timeout it is a fault of a storage provider, which prevents the activation.
    /// </summary>
    private static bool IsUnsettled(Exception failure) => failure.GetType() == typeof(OrleansException) && failure.InnerException is null or TimeoutException;
}
