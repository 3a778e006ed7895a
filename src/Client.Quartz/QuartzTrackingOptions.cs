using Quartz;

namespace ExecutionGrains.Client.Quartz;

/// <summary>Maps job runs to executions.</summary>
public sealed record QuartzTrackingOptions
{
    /// <summary>Returns the workflow name. Default: <c>group.name</c> of the job, or only the name if the group is <c>DEFAULT</c>.</summary>
    public Func<IJobExecutionContext, string> Workflow { get; init; } = static context =>
        context.JobDetail.Key.Group == "DEFAULT" ? context.JobDetail.Key.Name : $"{context.JobDetail.Key.Group}.{context.JobDetail.Key.Name}";

    /// <summary>
    /// Returns further facts of a run. The listener sets trigger type <c>schedule</c> and labels with scheduler, trigger and refire count where the result
    /// has none. Default: no further facts.
    /// </summary>
    public Func<IJobExecutionContext, StartOptions> Start { get; init; } = static _ => new();

    /// <summary>
    /// Called after the end of a run was answered, or was left to be sent in the background. Exceptions that it throws are ignored. Default null: not called.
    /// </summary>
    public Action<IJobExecutionContext, ExecutionHandle>? OnFinished { get; init; }
}
