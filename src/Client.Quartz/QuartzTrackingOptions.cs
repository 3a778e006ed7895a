using Quartz;

namespace ExecutionGrains.Client.Quartz;

/// <summary>How job runs become executions.</summary>
public sealed record QuartzTrackingOptions
{
    /// <summary>The workflow's name. Default: the job's name, with its group before it unless that is <c>DEFAULT</c>.</summary>
    public Func<IJobExecutionContext, string> Workflow { get; init; } = static context =>
        context.JobDetail.Key.Group == "DEFAULT" ? context.JobDetail.Key.Name : $"{context.JobDetail.Key.Group}.{context.JobDetail.Key.Name}";

    /// <summary>What else is said of a run; trigger type and labels are added where it leaves them out. Default: nothing.</summary>
    public Func<IJobExecutionContext, StartOptions> Start { get; init; } = static _ => new();

    /// <summary>Called after a run's end was answered, or left to be sent in the background; what it throws is swallowed. Default: nothing.</summary>
    public Action<IJobExecutionContext, ExecutionHandle>? OnFinished { get; init; }
}
