using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using ExecutionGrains.Rules;

namespace ExecutionGrains.Grains;

/// <summary>
/// The grains' counters, on the meter <c>ExecutionGrains</c> with this object as its scope. They are observable counters: grains only increment sums in memory,
/// and a listener reads the sums on its own thread. So a listener that throws or hangs cannot block a grain.
/// </summary>
public sealed class GrainMetrics : IDisposable
{
    private readonly Meter _meter;
    private readonly ConcurrentDictionary<(string Type, Result Result), StrongBox<long>> _events = new();
    private readonly ConcurrentDictionary<(ExecutionStatus? Status, Cause? Cause), StrongBox<long>> _ended = new();
    private readonly ConcurrentDictionary<bool, StrongBox<long>> _sweeps = new();
    private long _lost;
    private long _linesDropped;

    public GrainMetrics()
    {
        _meter = new Meter("ExecutionGrains", version: null, tags: null, scope: this);
        Publish(
            "executiongrains.events",
            "{event}",
            "Events by type and result.",
            () => _events.Select(e => Sum(e.Value, ("type", e.Key.Type), ("result", e.Key.Result.Word()))));
        Publish(
            "executiongrains.executions.ended",
            "{execution}",
            "Ended epochs by status and cause.",
            () => _ended.Select(e => Sum(e.Value, ("status", e.Key.Status?.Word()), ("cause", e.Key.Cause?.Word()))));
        Publish("executiongrains.janitor.sweeps", "{sweep}", "Sweeps of a bucket.", () => _sweeps.Select(s => Sum(s.Value, ("held", s.Key))));
        Publish("executiongrains.log.dropped", "{line}", "Log lines that were dropped because a log provider was slow or threw.", () => [new(LogLinesDropped)]);
    }

    /// <summary>Epochs that ended as lost on this silo since it started.</summary>
    public long LostCount => Interlocked.Read(ref _lost);

    /// <summary>Log lines dropped because a provider was slow or threw. A line that two providers drop counts twice.</summary>
    public long LogLinesDropped => Interlocked.Read(ref _linesDropped);

    public void Dispose() => _meter.Dispose();

    internal void Count(List<PendingCall> calls, List<Effect> effects)
    {
        foreach (var call in calls)
        {
            for (var i = 0; i < call.DecidedCount; i++)
            {
                if (call.Commands[i] is Command.ApplyEvent { Event: var e })
                {
                    Add(_events, (e is ExecutionEvent.Unreadable ? "unreadable" : e.Type, call.Verdicts[i].Result));
                }
            }
        }

        foreach (var effect in effects)
        {
            if (effect is Effect.CountEndedEpoch ended)
            {
                if (ended.Status == ExecutionStatus.Lost)
                {
                    Interlocked.Increment(ref _lost);
                }

                Add(_ended, (ended.Status, ended.Cause));
            }
        }
    }

    internal void Count(SweepReport sweep) => Add(_sweeps, sweep.Held);

    internal void CountLineDropped() => Interlocked.Increment(ref _linesDropped);

    private void Publish(string name, string unit, string description, Func<IEnumerable<Measurement<long>>> sums)
    {
        try
        {
            _meter.CreateObservableCounter(name, sums, unit, description);
        }
        catch (Exception)
        {
            // A listener's InstrumentPublished callback threw. The instrument exists nevertheless; other listeners can use it.
        }
    }

    private static void Add<T>(ConcurrentDictionary<T, StrongBox<long>> sums, T key)
        where T : notnull => Interlocked.Increment(ref sums.GetOrAdd(key, static _ => new StrongBox<long>()).Value);

    private static Measurement<long> Sum(StrongBox<long> sum, params ReadOnlySpan<(string Name, object? Value)> tags)
    {
        var pairs = new KeyValuePair<string, object?>[tags.Length];
        for (var i = 0; i < tags.Length; i++)
        {
            pairs[i] = new(tags[i].Name, tags[i].Value);
        }

        return new(Interlocked.Read(ref sum.Value), pairs);
    }
}
