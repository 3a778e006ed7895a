using Microsoft.Extensions.DependencyInjection;
using Quartz;

namespace ExecutionGrains.Client.Quartz;

/// <summary>One line of registration, and the way from a job to its execution.</summary>
public static class QuartzTracking
{
    /// <summary>Tracks all jobs of a scheduler.</summary>
    public static void TrackExecutions(this IScheduler scheduler, ExecutionTracker tracker, QuartzTrackingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(scheduler);
        scheduler.ListenerManager.AddJobListener(new ExecutionJobListener(tracker, options ?? new()), Array.Empty<IMatcher<JobKey>>());
    }

    /// <summary>Tracks all jobs of the scheduler being configured, with the <see cref="ExecutionTracker"/> among the services.</summary>
    public static IQuartzBuilder TrackExecutions(this IQuartzBuilder quartz, QuartzTrackingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(quartz);
        return quartz.AddJobListener(services => new ExecutionJobListener(services.GetRequiredService<ExecutionTracker>(), options ?? new()), Array.Empty<IMatcher<JobKey>>());
    }

    /// <summary>The execution that this job run is tracked as; null when it runs untracked.</summary>
    public static ExecutionHandle? Execution(this IJobExecutionContext context) => ExecutionJobListener.Find(context)?.Execution;

    /// <summary>The job's own step: logs and steps written under it are the job's.</summary>
    public static StepHandle? Step(this IJobExecutionContext context) => ExecutionJobListener.Find(context)?.Step;
}
