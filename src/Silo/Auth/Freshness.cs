using ExecutionGrains.Grains;
using ExecutionGrains.Storage;

namespace ExecutionGrains.Silo.Auth;

/// <summary>
/// How long ago keys and secrets were read from the store. What is older than <see cref="Max"/> may have been revoked or replaced long ago: then no
/// credential is accepted or refused, because
/// a caller who is refused gives up, and one who is told to come again does not.
/// </summary>
public sealed class Freshness([FromKeyedServices(TrackerClock.Key)] TimeProvider time)
{
    /// <summary>60 s.</summary>
    public static readonly TimeSpan Max = TimeSpan.FromSeconds(60);

    private long _readAt = time.GetTimestamp();

    /// <summary>Taken before a reading, for <see cref="ReadSince"/>.</summary>
    public long Now() => time.GetTimestamp();

    /// <summary>Everything was read after this moment.</summary>
    public void ReadSince(long timestamp) => Volatile.Write(ref _readAt, timestamp);

    /// <exception cref="StoreException">Transient: it was read longer ago than <paramref name="max"/>.</exception>
    public void Check(TimeSpan max)
    {
        var age = time.GetElapsedTime(Volatile.Read(ref _readAt));
        if (age > max)
        {
            throw new StoreException("check a credential", $"keys and secrets were last read {age.TotalSeconds:F0} s ago.", transient: true);
        }
    }
}
