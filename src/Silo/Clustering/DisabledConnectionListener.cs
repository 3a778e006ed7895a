using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ExecutionGrains.Silo.Clustering;

/// <summary>
/// The Orleans transport of a single silo: it opens no port and accepts no connection. Orleans does not authenticate callers on its ports, so an open port
/// would grant full access. Calls within one silo need no connection.
/// </summary>
internal sealed class DisabledConnectionListener : IConnectionListenerFactory
{
    /// <summary>Replaces Orleans's two listeners, for silos and for clients. Their service keys are internal to Orleans, so they are found by type.</summary>
    /// <exception cref="InvalidOperationException">Orleans registered another number of listeners, so a port might stay open.</exception>
    public static void Use(ISiloBuilder silo)
    {
        var listeners = silo.Services.Where(service => service.IsKeyedService && service.ServiceType == typeof(IConnectionListenerFactory)).ToList();
        if (listeners.Count != 2)
        {
            throw new InvalidOperationException($"Orleans registered {listeners.Count} connection listeners instead of 2; it might open a port.");
        }

        foreach (var listener in listeners)
        {
            silo.Services.Replace(
                ServiceDescriptor.KeyedSingleton<IConnectionListenerFactory>(listener.ServiceKey, (_, _) => new DisabledConnectionListener()));
        }
    }

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) => new(new Listener(endpoint));

    private sealed class Listener(EndPoint endpoint) : IConnectionListener
    {
        private readonly TaskCompletionSource<ConnectionContext?> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public EndPoint EndPoint => endpoint;

        /// <summary>Waits until the listener is closed, then returns null, which tells Orleans that no more connections will come.</summary>
        public ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) => new(_closed.Task.WaitAsync(cancellationToken));

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            _closed.TrySetResult(null);
            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync() => UnbindAsync();
    }
}
