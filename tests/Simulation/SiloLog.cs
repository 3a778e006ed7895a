using ExecutionGrains.Storage;
using Microsoft.Extensions.Logging;

namespace ExecutionGrains.Simulation;

/// <summary>A silo's log, in the trace. A turn may fail by the store, by nothing else.</summary>
internal sealed class SiloLog<T>(Trace trace, Verdict verdict) : ILogger<T>
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(Microsoft.Extensions.Logging.LogLevel logLevel) => logLevel >= Microsoft.Extensions.Logging.LogLevel.Warning;

    public void Log<TState>(Microsoft.Extensions.Logging.LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
        {
            return;
        }

        trace.Write($"log {logLevel}: {formatter(state, exception)} {exception?.Message}");
        if (logLevel == Microsoft.Extensions.Logging.LogLevel.Error && exception is not null and not StoreException)
        {
            verdict.Fail($"A fault of our own: {exception}");
        }
    }
}
