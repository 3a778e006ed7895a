using System.Runtime.CompilerServices;
using Quartz;
using Quartz.Extensibility;

namespace ExecutionGrains.Client.Quartz;

/// <summary>
/// Tracks every job run of a scheduler as an execution with one step for the job. If the tracker does not answer, a job is delayed by at most
/// <see cref="TrackerOptions.AnswerTimeout"/>, and the run is recorded later. If the tracker refuses the start, the job runs untracked.
/// </summary>
public sealed class ExecutionJobListener(ExecutionTracker tracker, QuartzTrackingOptions options) : IJobListener
{
    private static readonly ConditionalWeakTable<IJobExecutionContext, TrackedRun> Runs = [];

    public string Name => "ExecutionGrains";

    internal static TrackedRun? Find(IJobExecutionContext context) => Runs.TryGetValue(context, out var run) ? run : null;

    public async ValueTask JobToBeExecuted(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            var execution = await tracker.StartAsync(options.Workflow(context), Start(context), cancellationToken).ConfigureAwait(false);
            var block = context.JobDetail.Key.Name;
            var step = await execution.BeginStepAsync(block, new() { BlockType = "quartz.job" }, CancellationToken.None).ConfigureAwait(false);
            var interruption = execution.Cancellation.Register(() => Interrupt(context));
            Runs.AddOrUpdate(context, new TrackedRun(execution, step, interruption));
        }
        catch (Exception)
        {
            // The start was refused, or a function in the options threw. The job runs nevertheless.
            tracker.Counters.CountStartedUntracked();
        }
    }

    public async ValueTask JobExecutionVetoed(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        if (Remove(context) is { } run)
        {
            await run.Step.EndAsync(StepOutcome.Skip).ConfigureAwait(false);
            await EndAsync(context, run, run.Execution.CancelledAsync("vetoed", CancellationToken.None)).ConfigureAwait(false);
        }
    }

    public async ValueTask JobWasExecuted(IJobExecutionContext context, JobExecutionException? jobException, CancellationToken cancellationToken = default)
    {
        if (Remove(context) is not { } run)
        {
            return;
        }

        var error = Unwrap(jobException);
        var execution = run.Execution;
        var isStopped = context.CancellationToken.IsCancellationRequested || execution.Cancellation.IsCancellationRequested;
        if (isStopped && (context.Outcome == ExecutionOutcome.Cancelled || error is OperationCanceledException))
        {
            await run.Step.EndAsync(StepOutcome.Cancel).ConfigureAwait(false);
            await EndAsync(context, run, execution.CancelledAsync(StopMessage(context, execution), CancellationToken.None)).ConfigureAwait(false);
        }
        else if (error is not null)
        {
            await run.Step.FailAsync(error).ConfigureAwait(false);
            await EndAsync(context, run, execution.FailAsync(error, CancellationToken.None)).ConfigureAwait(false);
        }
        else
        {
            await run.Step.CompleteAsync(context.Result).ConfigureAwait(false);
            await EndAsync(context, run, execution.CompleteAsync(context.Result, CancellationToken.None)).ConfigureAwait(false);
        }
    }

    public ValueTask JobProgressChanged(IJobExecutionContext context, FireInstanceProgress progress, CancellationToken cancellationToken = default)
    {
        Find(context)?.Execution.Report(progress.Percent, progress.Message);
        return default;
    }

    private static TrackedRun? Remove(IJobExecutionContext context)
    {
        var run = Find(context);
        Runs.Remove(context);
        return run;
    }

    private StartOptions Start(IJobExecutionContext context)
    {
        var start = options.Start(context);
        return start with
        {
            TriggerType = start.TriggerType ?? "schedule",
            Labels = start.Labels ?? new Dictionary<string, string>
            {
                ["quartz.scheduler"] = context.Scheduler.SchedulerName,
                ["quartz.trigger"] = context.Trigger.Key.ToString(),
                ["quartz.refire"] = context.RefireCount.ToString(System.Globalization.CultureInfo.InvariantCulture),
            },
        };
    }

    private async Task EndAsync(IJobExecutionContext context, TrackedRun run, Task<EventAnswer> end)
    {
        try
        {
            await run.CancellationRegistration.DisposeAsync().ConfigureAwait(false);
            await end.ConfigureAwait(false);
            await run.Execution.DisposeAsync().ConfigureAwait(false);
            options.OnFinished?.Invoke(context, run.Execution);
        }
        catch (Exception)
        {
            // The job has finished regardless. The tracker counts an end that was refused.
            await run.Execution.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Why the job was stopped. Null if the execution's own stop reason says it.</summary>
    private static string? StopMessage(IJobExecutionContext context, ExecutionHandle execution) => execution.StopReason switch
    {
        StopReason.None when context.Scheduler.Status != SchedulerStatus.Running => "the worker's host stopped",
        StopReason.None => "interrupted",
        _ => null,
    };

    private static void Interrupt(IJobExecutionContext context) =>
        _ = Task.Run(async () => await context.Scheduler.InterruptFireInstance(context.FireInstanceId).ConfigureAwait(false));

    /// <summary>The exception that the job threw, without Quartz's wrapper exceptions.</summary>
    private static Exception? Unwrap(Exception? e)
    {
        while (e is SchedulerException { InnerException: { } inner })
        {
            e = inner;
        }

        return e;
    }
}
