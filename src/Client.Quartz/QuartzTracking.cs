using Microsoft.Extensions.DependencyInjection;
using Quartz;

namespace ExecutionGrains.Client.Quartz;

/// <summary>Registers job tracking with a Quartz scheduler, and returns the execution of a job run.</summary>
public static class QuartzTracking
{
    /// <summary>Tracks all jobs of a scheduler.</summary>
    public static void TrackExecutions(this IScheduler scheduler, ExecutionTracker tracker, QuartzTrackingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(scheduler);
        scheduler.ListenerManager.AddJobListener(new ExecutionJobListener(tracker, options ?? new()), Array.Empty<IMatcher<JobKey>>());
    }

    /// <summary>Tracks all jobs of the scheduler being configured. Uses the <see cref="ExecutionTracker"/> registered as a service.</summary>
    public static IQuartzBuilder TrackExecutions(this IQuartzBuilder quartz, QuartzTrackingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(quartz);
        return quartz.AddJobListener(
            services => new ExecutionJobListener(services.GetRequiredService<ExecutionTracker>(), options ?? new()), Array.Empty<IMatcher<JobKey>>());
    }

    /// <summary>The execution that tracks this job run; null if it runs untracked.</summary>
    public static ExecutionHandle? GetExecution(this IJobExecutionContext context) => ExecutionJobListener.Find(context)?.Execution;

    /// <summary>The step of the job itself. Log lines and steps of the job belong under it. Null if the run is untracked.</summary>
    public static StepHandle? GetStep(this IJobExecutionContext context) => ExecutionJobListener.Find(context)?.Step;
}
