using ExecutionGrains.Rules;

namespace ExecutionGrains.Grains;

/// <summary>What every grain of a silo shares.</summary>
public sealed record GrainServices(TrackerClock Clock, SiloLiveness Liveness, EventHasher Hasher, RuleSettings Settings, GrainMetrics Metrics, GrainLog Log)
{
    /// <summary>Most commands in one append. Default 2,000; one call's commands stay together.</summary>
    public int CommandsInAppendMax { get; init; } = 2_000;

    /// <summary>Commands of one execution that may wait for its turn before further calls are answered <c>overloaded</c>. Default 20,000.</summary>
    public int CommandsWaitingMax { get; init; } = 20_000;

    /// <summary>Most open steps that an activation remembers; beyond it the commit looks them up. Default 512.</summary>
    public int OpenStepsRememberedMax { get; init; } = 512;

    /// <summary>How long the id of an execution that was forgotten is not given again. Default 365 days.</summary>
    public TimeSpan TombstoneLife { get; init; } = TimeSpan.FromDays(365);

    /// <summary>Where the store is shared: what it is asked before an answer from memory.</summary>
    public RevisionReads Revisions { get; } = new();

    /// <summary>Where the store is shared: what other silos announced.</summary>
    public RemoteChanges RemoteChanges { get; } = new();

    /// <summary>Grains in the silo's memory.</summary>
    public ActivationCounts Activations { get; } = new();
}
