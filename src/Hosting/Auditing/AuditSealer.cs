using ExecutionGrains.Grains;
using ExecutionGrains.Hosting.Secrets;
using ExecutionGrains.Hosting.Settings;
using ExecutionGrains.Storage;
using ExecutionGrains.Storage.Auditing;

namespace ExecutionGrains.Hosting.Auditing;

/// <summary>
/// Seals the audit into its hash chain every 10 s and applies its retention once an hour. Every silo does; the store lets one of them win. The log names the
/// head once an hour, so that a copy of it leaves the machine with the logs.
/// </summary>
public sealed partial class AuditSealer(
    IAuditStore store,
    SecretVault vault,
    TrackerClock clock,
    ExecutionGrainsOptions options,
    ILogger<AuditSealer> log) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongPeriod = TimeSpan.FromHours(1);

    private DateTimeOffset _toldAt;
    private DateTimeOffset _deletedAt;
    private long _toldSequence;

    /// <summary>One pass.</summary>
    /// <exception cref="StoreException">The store is unavailable.</exception>
    public async Task<AuditSealing> SealAsync(CancellationToken cancel)
    {
        var (chain, now) = (new AuditChain(store, new(vault.AuditKey())), clock.Now);
        var sealing = await chain.SealAsync(now, cancel).ConfigureAwait(false);
        var fault = sealing.Fault;
        if (fault is null && options.RetentionAudit > TimeSpan.Zero && now - _deletedAt >= LongPeriod)
        {
            fault = await chain.DeleteAsync(now - options.RetentionAudit, now, cancel).ConfigureAwait(false);
            _deletedAt = now;
        }

        Tell(sealing.Head, fault, now);
        return sealing with { Fault = fault };
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, clock.Time);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            try
            {
                await SealAsync(stoppingToken).ConfigureAwait(false);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                // The next pass tries again. An exception that leaves a hosted service ends the silo.
                SealingFailed(failure.Message, failure is StoreException ? null : failure);
            }
        }
    }

    private void Tell(AuditCheckpoint? head, AuditFault? fault, DateTimeOffset now)
    {
        if (now - _toldAt < LongPeriod)
        {
            return;
        }

        if (fault is not null)
        {
            _toldAt = now;
            ChainBroken(fault.Reason);
        }
        else if (head is not null && head.Sequence != _toldSequence)
        {
            (_toldAt, _toldSequence) = (now, head.Sequence);
            Sealed(head.Text);
        }
    }
}
