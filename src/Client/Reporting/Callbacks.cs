using System.Threading.Channels;

namespace ExecutionGrains.Client.Reporting;

/// <summary>Runs the user's callbacks on a separate thread. A callback that throws or hangs only increases a counter.</summary>
internal sealed class Callbacks(TrackerOptions options, TrackerCounters counters)
{
    /// <summary>Maximum number of queued callbacks: 1,000. Further ones are dropped and counted.</summary>
    internal const int WaitingMax = 1_000;

    private readonly Channel<Action> _calls = Channel.CreateBounded<Action>(new BoundedChannelOptions(WaitingMax) { SingleReader = true });
    private int _started;

    public void Answer(ExecutionId execution, ExecutionEvent reported, EventAnswer answer)
    {
        if (options.OnAnswer is { } onAnswer)
        {
            Post(() => onAnswer(new AnsweredEvent(execution, reported, answer)));
        }

        if (answer.Result == Result.Rejected && options.OnRejected is { } onRejected)
        {
            Post(() => onRejected(new AnsweredEvent(execution, reported, answer)));
        }
    }

    public void Fault(ExecutionId execution, Exception fault)
    {
        counters.CountFault();
        if (options.OnFault is { } onFault)
        {
            Post(() => onFault(execution, fault));
        }
    }

    public void Close() => _calls.Writer.TryComplete();

    private void Post(Action call)
    {
        if (!_calls.Writer.TryWrite(call))
        {
            counters.CountCallbackDropped();
            return;
        }

        if (Interlocked.Exchange(ref _started, 1) == 0)
        {
            // Use a background thread: a callback that hangs must not block a thread-pool thread or the process's exit.
            new Thread(Run) { IsBackground = true, Name = "ExecutionGrains callbacks" }.Start();
        }
    }

    private void Run()
    {
        while (_calls.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (_calls.Reader.TryRead(out var call))
            {
                try
                {
                    call();
                }
                catch (Exception)
                {
                    counters.CountCallbackFault();
                }
            }
        }
    }
}
