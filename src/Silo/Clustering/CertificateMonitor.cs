using ExecutionGrains.GrainInterfaces;

namespace ExecutionGrains.Silo.Clustering;

/// <summary>
/// Checks the cluster's certificate files each minute and logs unusable files and a coming expiry, so that an operator can act before connections fail.
/// </summary>
public sealed partial class CertificateMonitor(ClusterCertificates certificates, TimeProvider time, ILogger<CertificateMonitor> log) : BackgroundService
{
    /// <summary>Share of its lifetime below which a certificate's coming expiry is logged. A quarter.</summary>
    private const double LifeLeftMin = 0.25;

    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan ReminderPeriod = TimeSpan.FromHours(24);

    private string _known = certificates.Certificate.Thumbprint;
    private string? _fault;
    private DateTimeOffset? _remindedAt;

    /// <summary>Checks once. A fault is logged when it first appears, a coming expiry once in 24 h.</summary>
    public void Check()
    {
        var fault = certificates.Refresh();
        if (fault is not null && fault != _fault)
        {
            NotTaken(fault);
        }

        _fault = fault;
        var certificate = certificates.Certificate;
        if (certificate.Thumbprint != _known)
        {
            (_known, _remindedAt) = (certificate.Thumbprint, null);
            Taken(certificate.Subject, certificate.NotAfter);
        }

        var now = time.GetUtcNow();
        var (from, until) = ((DateTimeOffset)certificate.NotBefore, (DateTimeOffset)certificate.NotAfter);
        if (until - now < LifeLeftMin * (until - from) && !(now - _remindedAt < ReminderPeriod))
        {
            _remindedAt = now;
            Expires(certificate.Subject, until);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Check();
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            Check();
        }
    }
}
