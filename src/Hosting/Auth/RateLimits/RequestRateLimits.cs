using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using ExecutionGrains.Hosting.Problems;
using ExecutionGrains.Hosting.Settings;
using Microsoft.AspNetCore.RateLimiting;

namespace ExecutionGrains.Hosting.Auth.RateLimits;

/// <summary>Rate limits, in requests per second: per address before authentication, per key after it.</summary>
public sealed partial class RequestRateLimits(ExecutionGrainsOptions options, AuthMetrics counters, ILogger<RequestRateLimits> log)
{
    private readonly LogThrottle _line = new();

    public RateLimiterOptions PerAddress() => Options("address", options.RequestsPerAddress, AddressOf);

    public RateLimiterOptions PerKey() => Options("key", options.RequestsPerKey, http => http.Features.Get<Credential>()?.Key.KeyId);

    /// <summary>
    /// The caller's address as a key for counting. For IPv6 only the first 64 bits, because one caller usually controls the whole /64 network.
    /// </summary>
    public static UInt128 AddressOf(HttpContext http)
    {
        var address = http.Connection.RemoteIpAddress ?? IPAddress.None;
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            address = address.MapToIPv6();
        }

        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        var value = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        return address.IsIPv4MappedToIPv6 ? value : value >> 64;
    }

    private RateLimiterOptions Options<TKey>(string limit, int perSecond, Func<HttpContext, TKey?> keyOf) => new()
    {
        GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, (bool IsLimited, TKey? Key)>(http => keyOf(http) is { } key && perSecond > 0
            ? RateLimitPartition.GetTokenBucketLimiter((true, (TKey?)key), _ => new TokenBucketRateLimiterOptions
            {
                TokenLimit = perSecond,
                TokensPerPeriod = perSecond,
                ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            })
            : RateLimitPartition.GetNoLimiter((false, default(TKey?)))),
        OnRejected = (context, _) => new ValueTask(RefuseAsync(limit, perSecond, context)),
    };

    private Task RefuseAsync(string limit, int perSecond, OnRejectedContext context)
    {
        counters.Limited(limit);
        if (_line.Count() is { } since)
        {
            Limited(since, perSecond, limit, context.HttpContext.Connection.RemoteIpAddress?.ToString() ?? "an unknown address");
        }

        var wait = context.Lease.TryGetMetadata(MetadataName.RetryAfter, out var said) ? said : TimeSpan.FromSeconds(1);
        var problem = new ProblemResult(ProblemCode.RateLimited, $"At most {perSecond} requests per second are allowed per {limit}.", retryAfter: wait);
        return problem.ExecuteAsync(context.HttpContext);
    }

    [LoggerMessage(
        1,
        Microsoft.Extensions.Logging.LogLevel.Warning,
        "Refused {Count} requests over a limit since the last message like this, the latest over {PerSecond} per second per {Limit}, from {Address}")]
    private partial void Limited(long count, int perSecond, string limit, string address);
}
