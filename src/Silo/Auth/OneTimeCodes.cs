using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using ExecutionGrains.Grains;

namespace ExecutionGrains.Silo.Auth;

/// <summary>
/// Codes that sign in to the dashboard once, within 10 minutes, in place of a key: a link that holds one may be seen in a history or a log afterwards. Known
/// to this silo only, and not after its end.
/// </summary>
public sealed class OneTimeCodes([FromKeyedServices(TrackerClock.Key)] TimeProvider time)
{
    /// <summary>10 min.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, (string KeyId, DateTimeOffset ExpiresAt)> _codes = new(StringComparer.Ordinal);

    /// <param name="keyId">Whom it signs in.</param>
    public string Make(string keyId)
    {
        var code = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        _codes[Name(code)] = (keyId, time.GetUtcNow() + Life);
        return code;
    }

    /// <summary>The id of the key that it signs in; null where it is unknown, spent or over.</summary>
    public string? Spend(string code) =>
        _codes.TryRemove(Name(code), out var made) && time.GetUtcNow() < made.ExpiresAt ? made.KeyId : null;

    private static string Name(string code) => Convert.ToHexString(ApiKey.Hash(code));
}
