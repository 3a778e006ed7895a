using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace ExecutionGrains.Scenarios;

/// <summary>Keeps every line that a silo logs, exceptions included, and lets a test do more.</summary>
internal sealed class LogLines : ILoggerProvider, ILogger
{
    public ConcurrentQueue<string> Lines { get; } = new();

    /// <summary>What a line meets before it is kept.</summary>
    public Action Before { get; set; } = () => { };

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(Microsoft.Extensions.Logging.LogLevel logLevel) => true;

    public void Log<TState>(Microsoft.Extensions.Logging.LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        Before();
        Lines.Enqueue($"{formatter(state, exception)} {state} {exception}");
    }

    public void Dispose()
    {
    }
}
