using System.Collections.Concurrent;
using ExecutionGrains.GrainInterfaces;

namespace ExecutionGrains.Clusters;

/// <summary>Workers that report steps continuously, each for its own executions, and resend reports that got no answer.</summary>
internal sealed class Load(TrackerCluster cluster, IReadOnlyList<string> executions)
{
    private const int Workers = 32;
    private readonly CancellationTokenSource _end = new();
    private Task _workers = Task.CompletedTask;
    private long _faults;

    /// <summary>Ids of acknowledged events, by execution.</summary>
    public ConcurrentDictionary<string, ConcurrentQueue<string>> Acknowledged { get; } = new();

    /// <summary>Number of calls that got no answer and were repeated.</summary>
    public long Faults => Interlocked.Read(ref _faults);

    public void Start() => _workers = Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => Task.Run(() => WorkAsync(worker))));

    /// <summary>Stops the workers after their current calls.</summary>
    public async Task EndAsync()
    {
        await _end.CancelAsync();
        await _workers;
    }

    /// <summary>Reports until an answer arrives. Every answer must say that the event was counted exactly once.</summary>
    public async Task ReportAsync(string id, ExecutionEvent @event)
    {
        while (true)
        {
            try
            {
                var answer = await cluster.On(id).Report(new EventReport(1, [@event]), Caller.Local);
                if (answer.Refused is null)
                {
                    Assert.Contains(Assert.Single(answer.Results).Result, (Result[])[Result.Applied, Result.Duplicate]);
                    Acknowledged.GetOrAdd(id, _ => new()).Enqueue(@event.EventId!);
                    return;
                }
            }
            catch (Exception failure) when (GrainFaults.IsAway(failure))
            {
                Interlocked.Increment(ref _faults);
                await Task.Yield();
            }
        }
    }

    private async Task WorkAsync(int worker)
    {
        var own = executions.Where((_, i) => i % Workers == worker).ToList();
        for (var round = 0; !_end.IsCancellationRequested; round++)
        {
            foreach (var id in own)
            {
                var step = $"s{round}";
                await ReportAsync(id, new ExecutionEvent.StepStarted { EventId = $"{step}-started", StepId = step, Block = "extract" });
                await ReportAsync(id, new ExecutionEvent.StepCompleted { EventId = $"{step}-completed", StepId = step, Outcome = StepOutcome.Success });
                if (_end.IsCancellationRequested)
                {
                    return;
                }
            }
        }
    }
}
