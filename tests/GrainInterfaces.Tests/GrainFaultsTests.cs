using System.Runtime.CompilerServices;
using Orleans;
using Orleans.Configuration;
using Orleans.Providers;
using Orleans.Runtime;
using Orleans.Runtime.Messaging;
using Orleans.Serialization;
using Orleans.Serialization.TypeSystem;
using Orleans.Storage;

namespace ExecutionGrains.GrainInterfaces.Tests;

/// <summary>Which failures of a grain call are retried. Every Orleans exception that a caller may see is in one of the two lists.</summary>
public sealed class GrainFaultsTests
{
    public static readonly Type[] Away =
    [
        typeof(TimeoutException),
        typeof(SiloUnavailableException),
        typeof(OrleansMessageRejectionException),
        typeof(ConnectionFailedException),
        typeof(ClientNotAvailableException),
        typeof(GatewayTooBusyException),
        typeof(LimitExceededException),
        typeof(OrleansLifecycleCanceledException),
        typeof(OrleansException),
    ];

    public static readonly Type[] Faults =
    [
        typeof(Exception),
        typeof(ArgumentException),
        typeof(InvalidOperationException),
        typeof(NullReferenceException),
        typeof(KeyNotFoundException),
        typeof(NotSupportedException),
        typeof(OperationCanceledException),
        typeof(ObjectDisposedException),
        typeof(SerializerException),
        typeof(CodecNotFoundException),
        typeof(UnavailableExceptionFallbackException),
        typeof(WrappedException),
        typeof(InvalidMessageFrameException),
        typeof(GrainExtensionNotInstalledException),
        typeof(GrainReferenceNotBoundException),
        typeof(OrleansConfigurationException),
        typeof(InconsistentStateException),
        typeof(BadProviderConfigException),
    ];

    public static TheoryData<Type> AwayTypes() => [.. Away];

    public static TheoryData<Type> FaultTypes() => [.. Faults];

    [Theory]
    [MemberData(nameof(AwayTypes))]
    public void A_call_that_did_not_reach_its_grain_is_retried(Type failure) => Assert.True(GrainFaults.IsAway(Make(failure)));

    [Theory]
    [MemberData(nameof(FaultTypes))]
    public void A_permanent_failure_is_not_retried(Type failure) => Assert.False(GrainFaults.IsAway(Make(failure)));

    [Fact]
    public void A_grain_whose_state_cannot_be_read_is_not_unavailable() =>
        Assert.False(GrainFaults.IsAway(new OrleansException("Error from storage provider", new InvalidCastException())));

    /// <summary>An exception type that a later version of Orleans adds fails this test until it is classified.</summary>
    [Fact]
    public void Every_Orleans_exception_is_classified()
    {
        var types = new[] { typeof(OrleansException).Assembly, typeof(ConnectionFailedException).Assembly }
            .SelectMany(assembly => assembly.GetExportedTypes())
            .Where(type => type.IsAssignableTo(typeof(OrleansException)) && !NeverFromACall.Contains(type.Name));

        Assert.Empty(types.Except(Away).Except(Faults).Select(type => type.FullName));
    }

    /// <summary>Exceptions of the start of a silo or client, or inside a connection, which reports them as a failed connection.</summary>
    private static readonly string[] NeverFromACall = ["ProviderInitializationException", "ProviderStateException", "SocketConnectionException"];

    /// <summary>Most have no public constructor.</summary>
    private static Exception Make(Type type) => (Exception)RuntimeHelpers.GetUninitializedObject(type);
}
