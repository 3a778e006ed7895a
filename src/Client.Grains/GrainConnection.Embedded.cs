namespace ExecutionGrains.Client;

/// <summary>A connection to a cluster on the grain interface. There is none in this build: the embedded runtime is one process.</summary>
public sealed class GrainConnection : IAsyncDisposable
{
    private GrainConnection(ITransport transport) => Transport = transport;

    /// <summary>For an <see cref="ExecutionTracker"/>.</summary>
    public ITransport Transport { get; }

    /// <exception cref="PlatformNotSupportedException">Always.</exception>
    public static Task<GrainConnection> OpenAsync(GrainConnectionOptions options, CancellationToken cancellationToken = default) =>
        Task.FromException<GrainConnection>(new PlatformNotSupportedException(
            "This build has the embedded grain runtime, which no other process reaches: report over HTTP, or build with -p:GrainRuntime=Orleans."));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
