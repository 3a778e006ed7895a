using ExecutionGrains.Client;
using ExecutionGrains.Client.Quartz;
using Quartz;

namespace ExecutionGrains.Samples.Importer.Jobs;

/// <summary>Reads the settings and the tracked step from a job's context.</summary>
internal static class JobContextExtensions
{
    public const string SettingsKey = "settings";

    public static Settings Settings(this IJobExecutionContext context) =>
        (Settings)(context.Scheduler.Context[SettingsKey] ?? throw new InvalidOperationException("The scheduler has no settings."));

    /// <summary>The step of the job.</summary>
    /// <exception cref="InvalidOperationException">The run is untracked. A production job would continue without tracking.</exception>
    public static TrackedScope Scope(this IJobExecutionContext context) =>
        context.GetStep() ?? throw new InvalidOperationException("The job runs untracked: the tracker refused its start.");
}
