using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ExecutionGrains.Grains;

/// <summary>
/// The logger factory of the whole silo, including Orleans's own threads. Each provider is called through its own
/// <see cref="Storage.Commits.ObserverQueue"/>: if one
/// throws or hangs, its lines are counted as dropped, and the other providers still get every line. Filters, scopes and the current activity are the caller's.
/// </summary>
public sealed class QueuedLoggerFactory : ILoggerFactory
{
    private readonly Provider[] _providers;

    public QueuedLoggerFactory(
        IEnumerable<ILoggerProvider> providers, IOptionsMonitor<LoggerFilterOptions> filters, IOptions<LoggerFactoryOptions> options, GrainMetrics metrics) =>
        _providers = [.. providers.Select(provider => new Provider(
            new LoggerFactory([provider], filters, options),
            new Storage.Commits.ObserverQueue($"log of {provider.GetType().Name}", metrics.CountLineDropped)))];

    /// <summary>Replaces the host's logger factory. Call it after the last <c>AddLogging</c>.</summary>
    public static void Use(IServiceCollection services) => services.Replace(ServiceDescriptor.Singleton<ILoggerFactory, QueuedLoggerFactory>());

    public ILogger CreateLogger(string categoryName) =>
        new Logger([.. _providers.Select(provider => (provider.Factory.CreateLogger(categoryName), provider.Queue))]);

    /// <exception cref="NotSupportedException">Always. Register providers as services instead.</exception>
    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("Add log providers as services.");

    /// <summary>Writes the queued lines; waits at most 2 s per provider.</summary>
    public void Dispose()
    {
        foreach (var (factory, queue) in _providers)
        {
            queue.Dispose();
            factory.Dispose();
        }
    }

    private readonly record struct Provider(ILoggerFactory Factory, Storage.Commits.ObserverQueue Queue);

    private sealed class Logger((ILogger Inner, Storage.Commits.ObserverQueue Queue)[] targets) : ILogger
    {
        public bool IsEnabled(Microsoft.Extensions.Logging.LogLevel logLevel)
        {
            foreach (var (inner, _) in targets)
            {
                if (IsEnabled(inner, logLevel))
                {
                    return true;
                }
            }

            return false;
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            IDisposable?[] scopes = [.. targets.Select(target => target.Inner.BeginScope(state))];
            return new Scopes(scopes);
        }

        public void Log<TState>(
            Microsoft.Extensions.Logging.LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            Line? line = null;
            foreach (var (inner, queue) in targets)
            {
                if (!IsEnabled(inner, logLevel))
                {
                    continue;
                }

                try
                {
                    // Format on the caller's thread: the state may hold objects that the caller changes afterwards, such as a request's context.
                    line ??= new Line(formatter(state, exception), state as IReadOnlyList<KeyValuePair<string, object?>>);
                }
                catch (Exception)
                {
                    queue.Drop();
                    continue;
                }

                var (context, written) = (ExecutionContext.Capture(), line);
                queue.Add(() => Write(inner, context, logLevel, eventId, written, exception));
            }
        }

        private static void Write(
            ILogger inner, ExecutionContext? context, Microsoft.Extensions.Logging.LogLevel level, EventId eventId, Line line, Exception? exception)
        {
            if (context is null)
            {
                inner.Log(level, eventId, line, exception, static (line, _) => line.ToString());
                return;
            }

            ExecutionContext.Run(context, _ => inner.Log(level, eventId, line, exception, static (line, _) => line.ToString()), null);
        }

        /// <summary>A provider whose IsEnabled throws counts as enabled, so that its failure is counted when the line is written.</summary>
        private static bool IsEnabled(ILogger inner, Microsoft.Extensions.Logging.LogLevel level)
        {
            try
            {
                return inner.IsEnabled(level);
            }
            catch (Exception)
            {
                return true;
            }
        }
    }

    private sealed class Scopes(IDisposable?[] scopes) : IDisposable
    {
        public void Dispose()
        {
            foreach (var scope in scopes)
            {
                scope?.Dispose();
            }
        }
    }

    /// <summary>A formatted line, with the names and values that structured log providers read.</summary>
    private sealed class Line(string text, IReadOnlyList<KeyValuePair<string, object?>>? values) : List<KeyValuePair<string, object?>>(values ?? [])
    {
        public override string ToString() => text;
    }
}
