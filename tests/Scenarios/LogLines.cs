using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace ExecutionGrains.Scenarios;

/// <summary>Keeps every line that a silo logs, including exceptions, and calls a test's callback.</summary>
internal sealed class LogLines : ILoggerProvider
{
    public ConcurrentQueue<string> Lines { get; } = new();

    /// <summary>Runs before each line is kept, also on Orleans's own threads (D61).</summary>
    public Action Before { get; set; } = () => { };

    public ILogger CreateLogger(string categoryName) => new Logger(this);

    public void Dispose()
    {
    }

    private sealed class Logger(LogLines all) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(Microsoft.Extensions.Logging.LogLevel logLevel) => true;

        public void Log<TState>(
            Microsoft.Extensions.Logging.LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            all.Before();
            all.Lines.Enqueue($"{formatter(state, exception)} {state} {exception}");
        }
    }
}
