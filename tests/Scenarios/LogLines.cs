using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace ExecutionGrains.Scenarios;

/// <summary>Keeps every line that a silo logs, exceptions included, and lets a test do more.</summary>
internal sealed class LogLines : ILoggerProvider
{
    public ConcurrentQueue<string> Lines { get; } = new();

    /// <summary>
    /// Runs before a line of our categories is kept. Not before a line of Orleans: its own threads log (placement, the watchdog, calls that time out), and a
    /// silo in which they stand still neither answers nor stops. That is D61 of defects.md; one queue before all providers will mend it, and then this may run
    /// before every line.
    /// </summary>
    public Action Before { get; set; } = () => { };

    public ILogger CreateLogger(string categoryName) => new Logger(this, isOurs: categoryName.StartsWith("ExecutionGrains.", StringComparison.Ordinal));

    public void Dispose()
    {
    }

    private sealed class Logger(LogLines all, bool isOurs) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(Microsoft.Extensions.Logging.LogLevel logLevel) => true;

        public void Log<TState>(
            Microsoft.Extensions.Logging.LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (isOurs)
            {
                all.Before();
            }

            all.Lines.Enqueue($"{formatter(state, exception)} {state} {exception}");
        }
    }
}
