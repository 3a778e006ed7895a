using ExecutionGrains.Grains;
using ExecutionGrains.Storage;

namespace ExecutionGrains.Hosting.Auth.Keys;

/// <summary>
/// Age of the keys and secrets that were read from the store. Beyond <see cref="Max"/> they may have been revoked or replaced since, so credentials are
/// neither accepted nor refused: the response is 503. After 401 a caller would give up; after 503 it retries.
/// </summary>
public sealed class CredentialCacheAge([FromKeyedServices(TrackerClock.Key)] TimeProvider time)
{
    /// <summary>Age up to which keys and secrets are used. 60 s.</summary>
    public static readonly TimeSpan Max = TimeSpan.FromSeconds(60);

    private long _readAt = time.GetTimestamp();

    /// <summary>The current timestamp. Take it before reading the store and pass it to <see cref="ReadSince"/> after success.</summary>
    public long Now() => time.GetTimestamp();

    /// <summary>Records that all keys and secrets were read after the given timestamp.</summary>
    public void ReadSince(long timestamp) => Volatile.Write(ref _readAt, timestamp);

    /// <exception cref="StoreException">Transient: the last read is older than <paramref name="max"/>.</exception>
    public void Check(TimeSpan max)
    {
        var age = time.GetElapsedTime(Volatile.Read(ref _readAt));
        if (age > max)
        {
            throw new StoreException("check a credential", $"keys and secrets were last read {age.TotalSeconds:F0} s ago.", transient: true);
        }
    }
}
