using ExecutionGrains.Grains;
using ExecutionGrains.Storage;
using Microsoft.Extensions.Logging;

namespace ExecutionGrains.Simulation;

/// <summary>A silo's log. A turn may fail only because of the store. It is written from separate threads, so it is not part of the trace.</summary>
internal sealed class SiloLog(Verdict verdict) : ILogger<GrainLog>
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(Microsoft.Extensions.Logging.LogLevel logLevel) => logLevel >= Microsoft.Extensions.Logging.LogLevel.Warning;

    public void Log<TState>(
        Microsoft.Extensions.Logging.LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
        {
            return;
        }

        if (logLevel == Microsoft.Extensions.Logging.LogLevel.Error && exception is not null and not StoreException)
        {
            verdict.Fail($"A fault of our own: {exception}");
        }
    }
}
