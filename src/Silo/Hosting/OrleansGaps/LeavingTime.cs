using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime;

namespace ExecutionGrains.Silo.Hosting.OrleansGaps;

/// <summary>Shortens, once the silo stops, how long Orleans retries to write the silo's status to the membership table. 5 s.</summary>
/// <remarks>
/// Without it, a silo that is stopped while the database is away does not end within the time that <c>deploy/</c> gives it. A stopping silo writes its
/// status twice (<c>ShuttingDown</c> or <c>Stopping</c>, then <c>Dead</c>), and Orleans's <c>MembershipTableManager.UpdateStatus</c> retries each for <see
/// cref="ClusterMembershipOptions.MaxJoinAttemptTime"/>, a minute here; it ignores the cancellation token of the stop. The other silos find out by their
/// probes before that.
/// <para>
/// Not needed any more when Orleans has an option for leaving beside the one for joining, or <c>UpdateStatus</c> observes its cancellation token.
/// Pinned by <c>A_silo_whose_store_is_away_when_it_is_told_to_stop_ends_in_time_and_without_a_trace</c> in tests/Faults.
/// </para>
/// </remarks>
public sealed class LeavingTime(IOptions<ClusterMembershipOptions> membership) : ILifecycleParticipant<ISiloLifecycle>
{
    private static readonly TimeSpan AttemptMax = TimeSpan.FromSeconds(5);

    /// <summary>The last stage stops first: before Orleans writes the first status.</summary>
    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe(nameof(LeavingTime), ServiceLifecycleStage.Last, _ => Task.CompletedTask, Shorten);

    /// <summary>Orleans reads the option at each status write, and has no separate one for leaving.</summary>
    private Task Shorten(CancellationToken cancel)
    {
        membership.Value.MaxJoinAttemptTime = AttemptMax;
        return Task.CompletedTask;
    }
}
