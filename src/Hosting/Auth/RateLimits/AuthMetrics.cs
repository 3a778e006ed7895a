using System.Diagnostics.Metrics;

namespace ExecutionGrains.Hosting.Auth.RateLimits;

/// <summary>
/// Counts refused credentials and rate-limited requests, and exposes them on the meter <c>ExecutionGrains</c>. Thread-safe: listeners read the totals on a
/// thread of their own.
/// </summary>
public sealed class AuthMetrics : IDisposable
{
    private static readonly string[] Limits = ["address", "key", "sign_in", "body"];

    private readonly Meter _meter;
    private readonly long[] _limited = new long[Limits.Length];
    private long _failedSignIns;

    public AuthMetrics()
    {
        _meter = new Meter("ExecutionGrains", version: null, tags: null, scope: this);
        _meter.CreateObservableCounter("executiongrains.signins.failed", () => FailedSignIns, "{sign-in}", "Credentials that were refused.");
        _meter.CreateObservableCounter(
            "executiongrains.requests.limited",
            () => Limits.Select((limit, i) => new Measurement<long>(Interlocked.Read(ref _limited[i]), new KeyValuePair<string, object?>("limit", limit))),
            "{request}",
            "Requests that were refused by a limit.");
    }

    /// <summary>Refused credentials since the silo started.</summary>
    public long FailedSignIns => Interlocked.Read(ref _failedSignIns);

    public void Dispose() => _meter.Dispose();

    /// <summary>Requests that the given limit refused since the silo started.</summary>
    /// <param name="limit"><c>address</c>, <c>key</c>, <c>sign_in</c> or <c>body</c>.</param>
    public long LimitedBy(string limit) => Interlocked.Read(ref _limited[Array.IndexOf(Limits, limit)]);

    internal void FailedSignIn() => Interlocked.Increment(ref _failedSignIns);

    internal void Limited(string limit) => Interlocked.Increment(ref _limited[Array.IndexOf(Limits, limit)]);
}
