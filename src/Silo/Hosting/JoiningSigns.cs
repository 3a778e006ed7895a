using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime;

namespace ExecutionGrains.Silo.Hosting;

/// <summary>
/// A silo that joins says from time to time that it is alive, as one does that has joined. Orleans judges the other silos anew only where the table has changed: one that was killed, and was
/// the only one, would keep the next from joining for as long as that tries, however long it has been silent by then.
/// </summary>
public sealed partial class JoiningSigns(IMembershipTable table, ILocalSiloDetails self, IOptions<ClusterMembershipOptions> membership, ILogger<JoiningSigns> log)
    : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private readonly CancellationTokenSource joined = new();

    public void Participate(ISiloLifecycle lifecycle)
    {
        // Orleans becomes one that joins after this, and one that has joined before the other.
        lifecycle.Subscribe(nameof(JoiningSigns), ServiceLifecycleStage.RuntimeGrainServices, Begin, End);
        lifecycle.Subscribe(nameof(JoiningSigns), ServiceLifecycleStage.Active, End);
    }

    /// <summary>A start that failed may have come to no end.</summary>
    public void Dispose()
    {
        joined.Cancel();
        joined.Dispose();
    }

    private Task Begin(CancellationToken cancel)
    {
        _ = SayAsync(joined.Token);
        return Task.CompletedTask;
    }

    private Task End(CancellationToken cancel) => joined.CancelAsync();

    private async Task SayAsync(CancellationToken until)
    {
        using var timer = new PeriodicTimer(membership.Value.IAmAliveTablePublishTimeout);
        try
        {
            while (await timer.WaitForNextTickAsync(until).ConfigureAwait(false))
            {
                await TrySayAsync().ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // It has joined, and says so itself; or it gave up.
        }
    }

    private async Task TrySayAsync()
    {
        try
        {
            await table.UpdateIAmAliveAsync(new MembershipEntry { SiloAddress = self.SiloAddress, IAmAliveTime = DateTime.UtcNow }).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            // The next one may get through, and until then it joins as it would without.
            NotSaid(failure);
        }
    }
}
