using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime;

namespace ExecutionGrains.Silo.Hosting.OrleansGaps;

/// <summary>Publishes this silo's <c>IAmAlive</c> time while it joins; Orleans itself publishes it only once the silo is active.</summary>
/// <remarks>
/// Without it, a lone silo that was killed and is started again at once does not start: it gives up after <see
/// cref="ClusterMembershipOptions.MaxJoinAttemptTime"/>. A silo joins only when every active silo of the table answers its ping. The killed one does not,
/// and only the joining one is left to evict it. Orleans's <c>ClusterHealthMonitor</c> probes, while joining, only silos whose <c>IAmAlive</c> time is
/// stale. It picks them when a new membership snapshot is published, and a snapshot counts as new only when the table's version or some silo's
/// <c>IAmAlive</c> time has grown. Here neither grows: the killed silo is judged once, while it is still fresh, and never again. A growing <c>IAmAlive</c>
/// time of our own makes each table read a new snapshot; the killed silo is found stale, probed and evicted.
/// <para>
/// Not needed any more when Orleans picks the silos to probe at every table refresh, or publishes <c>IAmAlive</c> from <c>Joining</c> on
/// (<c>MembershipAgent</c>). Pinned by <c>A_cluster_that_was_killed_as_a_whole_starts_again_at_once</c> in tests/Faults.
/// </para>
/// </remarks>
public sealed partial class JoiningSigns(
    IMembershipTable table, ILocalSiloDetails self, IOptions<ClusterMembershipOptions> membership, ILogger<JoiningSigns> log)
    : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private readonly CancellationTokenSource joined = new();

    public void Participate(ISiloLifecycle lifecycle)
    {
        // The stages before Orleans writes Joining, and after it has written Active.
        lifecycle.Subscribe(nameof(JoiningSigns), ServiceLifecycleStage.RuntimeGrainServices, Begin, End);
        lifecycle.Subscribe(nameof(JoiningSigns), ServiceLifecycleStage.Active, End);
    }

    /// <summary>Ends the publishing also after a failed start, which reaches neither stage's end.</summary>
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
            // The silo is active and publishes by itself, or its start failed.
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
