using System.Diagnostics.Metrics;
using ExecutionGrains.Rules;

namespace ExecutionGrains.Grains;

/// <summary>What the grains count, on the meter <c>ExecutionGrains</c>. Counting never changes an outcome.</summary>
public sealed class GrainMetrics
{
    private static readonly Meter Meter = new("ExecutionGrains");

    private static readonly Counter<long> Events = Meter.CreateCounter<long>("executiongrains.events", "{event}", "Events by type and result.");

    private static readonly Counter<long> Finals = Meter.CreateCounter<long>("executiongrains.executions.ended", "{execution}", "Ended epochs by status and cause.");

    private static readonly Counter<long> Sweeps = Meter.CreateCounter<long>("executiongrains.janitor.sweeps", "{sweep}", "Sweeps of a bucket.");

    private long _lost;

    /// <summary>Executions that were lost on this silo since it started.</summary>
    public long LostCount => Interlocked.Read(ref _lost);

    internal void Count(Plan plan)
    {
        foreach (var (command, decision) in plan.Decisions)
        {
            if (command is Command.Report report)
            {
                Events.Add(1, new("type", report.Event is ExecutionEvent.Unreadable ? "unreadable" : report.Event.Type), new("result", decision.Result.Word()));
            }
        }

        foreach (var effect in plan.Effects)
        {
            if (effect is Effect.Ended ended)
            {
                if (ended.Status == ExecutionStatus.Lost)
                {
                    Interlocked.Increment(ref _lost);
                }

                Finals.Add(1, new("status", ended.Status?.Word()), new("cause", ended.Cause?.Word()));
            }
        }
    }

    internal void Count(SweepReport sweep) => Sweeps.Add(1, new KeyValuePair<string, object?>("held", sweep.Held));
}
