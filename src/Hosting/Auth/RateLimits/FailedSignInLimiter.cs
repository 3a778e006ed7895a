using System.Threading.RateLimiting;
using ExecutionGrains.Hosting.Auth.Audit;
using ExecutionGrains.Hosting.Problems;
using ExecutionGrains.Hosting.Settings;

namespace ExecutionGrains.Hosting.Auth.RateLimits;

/// <summary>
/// Counts refused credentials, limits them per address, and logs them at most once a minute. The limit does not affect valid credentials, because many callers
/// may share one address.
/// </summary>
public sealed partial class FailedSignInLimiter : IDisposable
{
    private readonly PartitionedRateLimiter<HttpContext>? _limiter;
    private readonly AuthMetrics _counters;
    private readonly LogThrottle _line = new();
    private readonly AuditWriter _trail;
    private readonly ILogger<FailedSignInLimiter> _log;

    public FailedSignInLimiter(ExecutionGrainsOptions options, AuthMetrics counters, AuditWriter trail, ILogger<FailedSignInLimiter> log)
    {
        (_counters, _trail, _log) = (counters, trail, log);
        _limiter = options.FailedSignInsMax == 0 ? null : PartitionedRateLimiter.Create<HttpContext, UInt128>(http =>
            RateLimitPartition.GetFixedWindowLimiter(RequestRateLimits.AddressOf(http), _ => new FixedWindowRateLimiterOptions
            {
                PermitLimit = options.FailedSignInsMax,
                Window = TimeSpan.FromMinutes(1),
            }));
    }

    public void Dispose() => _limiter?.Dispose();

    /// <summary>Counts a refused credential: in the metrics, in the audit log, and toward the limit of its address.</summary>
    /// <returns>The time to wait if the address exceeds its limit; else null.</returns>
    public TimeSpan? Count(HttpContext http)
    {
        _counters.FailedSignIn();
        _trail.RefusedSignIn(http);
        if (_line.Count() is { } since)
        {
            Refused(since, http.Connection.RemoteIpAddress?.ToString() ?? "an unknown address");
        }

        if (_limiter is null)
        {
            return null;
        }

        using var lease = _limiter.AttemptAcquire(http);
        if (lease.IsAcquired)
        {
            return null;
        }

        _counters.Limited("sign_in");
        return lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : TimeSpan.FromMinutes(1);
    }

    public static ProblemResult TooMany(TimeSpan retryAfter) =>
        new(ProblemCode.RateLimited, "Too many credentials from this address were refused.", retryAfter: retryAfter);

    [LoggerMessage(1, Microsoft.Extensions.Logging.LogLevel.Warning, "Refused {Count} credentials since the last message like this, the latest from {Address}")]
    private partial void Refused(long count, string address);
}
