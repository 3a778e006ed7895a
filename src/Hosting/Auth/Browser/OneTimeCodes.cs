using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using ExecutionGrains.Grains;
using ExecutionGrains.Hosting.Auth.Keys;

namespace ExecutionGrains.Hosting.Auth.Browser;

/// <summary>
/// One-time codes for signing in to the dashboard through a link. A code works once, within 10 minutes, so a link with it does no harm when it appears later
/// in a browser history or a log; a key in its place would. Codes are kept in the memory of this silo only.
/// </summary>
public sealed class OneTimeCodes([FromKeyedServices(TrackerClock.Key)] TimeProvider time)
{
    /// <summary>Lifetime of a code. 10 min.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, (string KeyId, DateTimeOffset ExpiresAt)> _codes = new(StringComparer.Ordinal);

    /// <param name="keyId">The id of the key that the code signs in with.</param>
    public string Make(string keyId)
    {
        var code = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        _codes[Name(code)] = (keyId, time.GetUtcNow() + Life);
        return code;
    }

    /// <summary>Uses the code up and returns the id of its key; null if the code is unknown, used or expired.</summary>
    public string? Spend(string code) =>
        _codes.TryRemove(Name(code), out var made) && time.GetUtcNow() < made.ExpiresAt ? made.KeyId : null;

    private static string Name(string code) => Convert.ToHexString(ApiKey.Hash(code));
}
