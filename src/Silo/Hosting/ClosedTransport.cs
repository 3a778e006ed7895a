using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ExecutionGrains.Silo.Hosting;

/// <summary>
/// The transport of a single silo: it opens no port and accepts no connection. A caller that reaches an Orleans port may do everything, and calls
/// within one silo never use a connection.
/// </summary>
internal sealed class ClosedTransport : IConnectionListenerFactory
{
    /// <summary>Replaces the listeners for silos and clients. Orleans registers them under keys that are internal to it, so they are found by their type.</summary>
    public static void Use(ISiloBuilder silo)
    {
        var listeners = silo.Services.Where(service => service.IsKeyedService && service.ServiceType == typeof(IConnectionListenerFactory)).ToList();
        if (listeners.Count != 2)
        {
            throw new InvalidOperationException($"Orleans registered {listeners.Count} connection listeners instead of 2: it might open a port.");
        }

        foreach (var listener in listeners)
        {
            silo.Services.Replace(ServiceDescriptor.KeyedSingleton<IConnectionListenerFactory>(listener.ServiceKey, (_, _) => new ClosedTransport()));
        }
    }

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) => new(new Listener(endpoint));

    private sealed class Listener(EndPoint endpoint) : IConnectionListener
    {
        private readonly TaskCompletionSource<ConnectionContext?> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public EndPoint EndPoint => endpoint;

        /// <summary>Waits until the listener is closed; null tells Orleans that no connection comes any more.</summary>
        public ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) => new(_closed.Task.WaitAsync(cancellationToken));

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            _closed.TrySetResult(null);
            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync() => UnbindAsync();
    }
}
