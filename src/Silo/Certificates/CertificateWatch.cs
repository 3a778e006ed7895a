using ExecutionGrains.GrainInterfaces;

namespace ExecutionGrains.Silo.Certificates;

/// <summary>
/// Looks at the cluster's certificate files each minute, so that an operator learns of files that cannot be used, and of the end, before connections fail.
/// </summary>
public sealed partial class CertificateWatch(ClusterCertificates certificates, TimeProvider time, ILogger<CertificateWatch> log) : BackgroundService
{
    /// <summary>A certificate with less than a quarter of its life left should have been renewed.</summary>
    private const double LifeLeftMin = 0.25;

    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan ReminderPeriod = TimeSpan.FromHours(24);

    private string _known = certificates.Certificate.Thumbprint;
    private string? _fault;
    private DateTimeOffset? _remindedAt;

    /// <summary>One look. Each fault is logged once, the coming end once a day.</summary>
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
