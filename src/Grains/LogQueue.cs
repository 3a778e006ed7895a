using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace ExecutionGrains.Grains;

/// <summary>
/// A logger whose lines are written by a thread of their own, in order: a provider that throws or hangs never meets a turn. At most 1,024 lines wait; what is beyond, and what a provider throws at, is dropped and counted.
/// </summary>
internal sealed class LogQueue : ILogger, IDisposable
{
    private const int WaitingMax = 1_024;

    private readonly BlockingCollection<Action> _waiting = new(WaitingMax);
    private readonly ILogger _inner;
    private readonly Action _dropped;
    private readonly Thread _thread;

    public LogQueue(ILogger inner, Action dropped)
    {
        (_inner, _dropped) = (inner, dropped);
        _thread = new Thread(Write) { IsBackground = true, Name = "grain log" };
        _thread.Start();
    }

    /// <summary>Nothing is asked of a provider on the caller's thread; what it does not want it leaves out by itself.</summary>
    public bool IsEnabled(Microsoft.Extensions.Logging.LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Log<TState>(Microsoft.Extensions.Logging.LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        try
        {
            if (_waiting.TryAdd(() => _inner.Log(logLevel, eventId, state, exception, formatter)))
            {
                return;
            }
        }
        catch (InvalidOperationException)
        {
            // The silo is going; so is the log.
        }

        _dropped();
    }

    /// <summary>Lets what waits be written, for at most two seconds.</summary>
    public void Dispose()
    {
        _waiting.CompleteAdding();
        if (_thread.Join(TimeSpan.FromSeconds(2)))
        {
            _waiting.Dispose();
        }
    }

    private void Write()
    {
        foreach (var line in _waiting.GetConsumingEnumerable())
        {
            try
            {
                line();
            }
            catch (Exception)
            {
                _dropped();
            }
        }
    }
}
