using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime;

namespace ExecutionGrains.Silo.Clustering.OrleansGaps;

/// <summary>Limits to 5 s, once the silo stops, how long Orleans retries a write of the silo's status to the membership table.</summary>
/// <remarks>
/// Without it, a silo that is stopped while the database is unavailable does not exit within the time that <c>deploy/</c> allows. A stopping silo writes its
/// status twice (<c>ShuttingDown</c> or <c>Stopping</c>, then <c>Dead</c>). Orleans's <c>MembershipTableManager.UpdateStatus</c> retries each write for <see
/// cref="ClusterMembershipOptions.MaxJoinAttemptTime"/>, 1 min here. The token that it observes since 10.4 is not the one of the stop: <c>MembershipAgent</c>
/// cancels it after a minute. The other silos detect the departure earlier by their probes.
/// <para>
/// No longer needed when Orleans has a separate option for leaving, or passes the cancellation token of the stop to <c>UpdateStatus</c>. Tested by
/// <c>A_silo_whose_store_is_unavailable_stops_in_time_and_without_a_stack_trace</c> in tests/Faults.
/// </para>
/// </remarks>
public sealed class LeavingTime(IOptions<ClusterMembershipOptions> membership) : ILifecycleParticipant<ISiloLifecycle>
{
    private static readonly TimeSpan AttemptMax = TimeSpan.FromSeconds(5);

    /// <summary>Stages stop in reverse order, so the last stage stops first, before Orleans writes the first status.</summary>
    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe(nameof(LeavingTime), ServiceLifecycleStage.Last, _ => Task.CompletedTask, Shorten);

    /// <summary>Changes the option itself, because Orleans reads it at each status write and has no separate option for leaving.</summary>
    private Task Shorten(CancellationToken cancel)
    {
        membership.Value.MaxJoinAttemptTime = AttemptMax;
        return Task.CompletedTask;
    }
}
