using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime;

namespace ExecutionGrains.Silo.Clustering.OrleansGaps;

/// <summary>Publishes this silo's <c>IAmAlive</c> time while it joins; Orleans itself publishes it only once the silo is active.</summary>
/// <remarks>
/// Without it, the only silo of a cluster cannot start again at once after it was killed: it gives up after <see
/// cref="ClusterMembershipOptions.MaxJoinAttemptTime"/>. A silo joins only when every active silo in the table answers its ping. The killed instance does not
/// answer, and only the joining silo is left to evict it. While joining, Orleans's <c>ClusterHealthMonitor</c> probes only silos whose <c>IAmAlive</c> time
/// is stale. It picks them when a new membership snapshot is published, and a snapshot counts as new only if the table's version or the <c>IAmAlive</c> time
/// of some silo has grown. Here neither grows: the killed instance is judged once, while its time is still fresh, and never again. Because this class
/// advances the joining silo's <c>IAmAlive</c> time, each read of the table gives a new snapshot; the killed instance is found stale, probed and evicted.
/// <para>
/// No longer needed when Orleans picks the silos to probe at every table refresh, or publishes <c>IAmAlive</c> from <c>Joining</c> on
/// (<c>MembershipAgent</c>). Tested by <c>A_cluster_that_was_killed_as_a_whole_restarts_at_once</c> in tests/Faults.
/// </para>
/// </remarks>
public sealed partial class JoiningSigns(
    IMembershipTable table, ILocalSiloDetails self, IOptions<ClusterMembershipOptions> membership, ILogger<JoiningSigns> log)
    : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private readonly CancellationTokenSource joined = new();

    public void Participate(ISiloLifecycle lifecycle)
    {
        // Begins before Orleans writes the status Joining, and ends after it has written Active.
        lifecycle.Subscribe(nameof(JoiningSigns), ServiceLifecycleStage.RuntimeGrainServices, Begin, End);
        lifecycle.Subscribe(nameof(JoiningSigns), ServiceLifecycleStage.Active, End);
    }

    /// <summary>Ends the publishing after a failed start, in which neither <see cref="End"/> callback runs.</summary>
    public void Dispose()
    {
        joined.Cancel();
        joined.Dispose();
    }

    private Task Begin(CancellationToken cancel)
    {
        _ = PublishAsync(joined.Token);
        return Task.CompletedTask;
    }

    private Task End(CancellationToken cancel) => joined.CancelAsync();

    private async Task PublishAsync(CancellationToken until)
    {
        using var timer = new PeriodicTimer(membership.Value.IAmAliveTablePublishTimeout);
        try
        {
            while (await timer.WaitForNextTickAsync(until).ConfigureAwait(false))
            {
                await TryPublishAsync().ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The silo is active, so Orleans publishes the time itself, or the start has failed.
        }
    }

    private async Task TryPublishAsync()
    {
        try
        {
            await table.UpdateIAmAliveAsync(new MembershipEntry { SiloAddress = self.SiloAddress, IAmAliveTime = DateTime.UtcNow }).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            // The next attempt may succeed; until then the silo joins as it would without this class.
            NotPublished(failure);
        }
    }
}
