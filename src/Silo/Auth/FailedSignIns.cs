using System.Threading.RateLimiting;
using ExecutionGrains.Silo.Hosting;
using ExecutionGrains.Silo.Http;

namespace ExecutionGrains.Silo.Auth;

/// <summary>
/// Credentials that were refused: counted, limited per address, told in one log line a minute. A valid credential passes whatever its address has failed at:
/// behind one address there may be many callers.
/// </summary>
public sealed partial class FailedSignIns : IDisposable
{
    private readonly PartitionedRateLimiter<HttpContext>? _limiter;
    private readonly RefusalCounters _counters;
    private readonly PacedLine _line = new();
    private readonly AuditTrail _trail;
    private readonly ILogger<FailedSignIns> _log;

    public FailedSignIns(SiloOptions options, RefusalCounters counters, AuditTrail trail, ILogger<FailedSignIns> log)
    {
        (_counters, _trail, _log) = (counters, trail, log);
        _limiter = options.FailedSignInsMax == 0 ? null : PartitionedRateLimiter.Create<HttpContext, UInt128>(http =>
            RateLimitPartition.GetFixedWindowLimiter(RequestLimits.AddressOf(http), _ => new FixedWindowRateLimiterOptions
            {
                PermitLimit = options.FailedSignInsMax,
                Window = TimeSpan.FromMinutes(1),
            }));
    }

    public void Dispose() => _limiter?.Dispose();

    /// <summary>Counts one that failed.</summary>
    /// <returns>How long its address should wait, where that has failed too often; else null.</returns>
    public TimeSpan? Count(HttpContext http)
    {
        _counters.FailedSignIn();
        _trail.RefusedSignIn(http);
        if (_line.Count() is { } since)
        {
            Refused(since, http.Connection.RemoteIpAddress?.ToString() ?? "nowhere");
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
        new(ProblemCode.RateLimited, "This address has sent too many credentials that were refused.", retryAfter: retryAfter);

    [LoggerMessage(1, Microsoft.Extensions.Logging.LogLevel.Warning, "{Count} credentials were refused since the last such line, the last from {Address}")]
    private partial void Refused(long count, string address);
}
