using ExecutionGrains.Rules;

namespace ExecutionGrains.Grains;

/// <summary>Services and settings that all grains of one silo share.</summary>
public sealed record GrainServices(TrackerClock Clock, SiloLiveness Liveness, EventHasher Hasher, RuleSettings Settings, GrainMetrics Metrics, GrainLog Log)
{
    /// <summary>Maximum number of commands in one append. Default 2,000. A call's commands are never split; a larger call gets an append of its own.</summary>
    public int CommandsInAppendMax { get; init; } = 2_000;

    /// <summary>Queued commands of one execution above which further calls are answered <c>overloaded</c>. Default 20,000.</summary>
    public int CommandsWaitingMax { get; init; } = 20_000;

    /// <summary>Maximum number of open steps that an activation keeps in memory. Default 512. The commit looks up the others in the store.</summary>
    public int OpenStepsRememberedMax { get; init; } = 512;

    /// <summary>How long the id of a deleted execution cannot be reused. Default 365 days.</summary>
    public TimeSpan TombstoneLife { get; init; } = TimeSpan.FromDays(365);

    /// <summary>For a shared store: checks the stored revision before a grain answers from memory.</summary>
    public RevisionReads Revisions { get; } = new();

    /// <summary>For a shared store: the changes that other silos announced.</summary>
    public RemoteChanges RemoteChanges { get; } = new();

    public ActivationCounts Activations { get; } = new();
}
