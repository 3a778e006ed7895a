using ExecutionGrains.Client;
using ExecutionGrains.Client.Quartz;
using Quartz;

namespace ExecutionGrains.Samples.Importer.Jobs;

/// <summary>What every job here asks its context for.</summary>
internal static class JobContext
{
    public const string SettingsKey = "settings";

    public static Settings Settings(this IJobExecutionContext context) =>
        (Settings)(context.Scheduler.Context[SettingsKey] ?? throw new InvalidOperationException("The scheduler has no settings."));

    /// <summary>The job's step.</summary>
    /// <exception cref="InvalidOperationException">The run is untracked; a job of your own would go on without.</exception>
    public static TrackedScope Scope(this IJobExecutionContext context) =>
        context.Step() ?? throw new InvalidOperationException("The tracker could not be reached.");
}
