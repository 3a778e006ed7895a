using System.Globalization;
using System.Text;
using ExecutionGrains.Grains;
using ExecutionGrains.Storage;

namespace ExecutionGrains.Hosting.Auth.Browser;

/// <summary>
/// Sessions that were signed out before they expired. Shared by all silos through a setting in the store, which is read when a session is used, at most once
/// a second.
/// </summary>
public sealed class SessionRevocations(IOperationsStore store, [FromKeyedServices(TrackerClock.Key)] TimeProvider time) : IDisposable
{
    private const string Setting = "sessions-ended";

    /// <summary>
    /// Maximum number of stored sessions, so that repeated signing in and out cannot fill the store. Beyond it, those that expire first are dropped.
    /// </summary>
    private const int KeptMax = 10_000;

    private static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Dictionary<string, long> _own = new(StringComparer.Ordinal);
    private volatile IReadOnlyDictionary<string, long> _ended = new Dictionary<string, long>(StringComparer.Ordinal);
    private long? _readAt;

    public void Dispose() => _turn.Dispose();

    /// <summary>Whether the session was signed out. Another silo's sign-out is seen after at most 1 s.</summary>
    /// <exception cref="StoreException">The store is unavailable, so the answer is unknown.</exception>
    public async ValueTask<bool> HasAsync(Session session, CancellationToken cancel)
    {
        if (_readAt is not { } at || time.GetElapsedTime(at) >= FreshFor)
        {
            await MergeAsync(null, cancel).ConfigureAwait(false);
        }

        return _ended.ContainsKey(session.Id);
    }

    /// <summary>Ends the session on all silos.</summary>
    /// <exception cref="StoreException">
    /// The store is unavailable. The session has ended on this silo; the next successful read on this silo also ends it on the others.
    /// </exception>
    public Task EndAsync(Session session, CancellationToken cancel) => MergeAsync(session, cancel);

    /// <summary>
    /// Merges the stored sessions with those that this silo ended, and writes the result if the store lacks any. If two silos write at the same time, the
    /// second write may overwrite the first; the first silo then writes its sessions again at its next read.
    /// </summary>
    private async Task MergeAsync(Session? over, CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            if (over is not null)
            {
                _own[over.Id] = over.ExpiresAt.ToUnixTimeSeconds();
                _ended = new Dictionary<string, long>(_ended, StringComparer.Ordinal) { [over.Id] = over.ExpiresAt.ToUnixTimeSeconds() };
            }

            var started = time.GetTimestamp();
            var now = time.GetUtcNow().ToUnixTimeSeconds();
            var stored = Read(await store.SettingAsync(Setting, () => [], cancel).ConfigureAwait(false));
            Forget(_own, now);
            var missing = _own.Where(o => !stored.ContainsKey(o.Key)).ToList();
            Forget(stored, now);
            foreach (var (id, expires) in missing)
            {
                stored[id] = expires;
            }

            if (missing.Count > 0)
            {
                await store.WriteSettingAsync(Setting, Write(stored), cancel).ConfigureAwait(false);
            }

            _ended = stored;
            _readAt = started;
        }
        finally
        {
            _turn.Release();
        }
    }

    private static void Forget(Dictionary<string, long> sessions, long now)
    {
        foreach (var id in sessions.Where(s => s.Value <= now).Select(s => s.Key).ToList())
        {
            sessions.Remove(id);
        }
    }

    private static Dictionary<string, long> Read(byte[] stored)
    {
        var sessions = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var line in Encoding.ASCII.GetString(stored).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Split(' ') is [var id, var until] && long.TryParse(until, NumberStyles.None, CultureInfo.InvariantCulture, out var expires))
            {
                sessions[id] = expires;
            }
        }

        return sessions;
    }

    private static byte[] Write(Dictionary<string, long> sessions)
    {
        var text = new StringBuilder();
        foreach (var (id, expires) in sessions.OrderByDescending(s => s.Value).Take(KeptMax))
        {
            text.Append(CultureInfo.InvariantCulture, $"{id} {expires}\n");
        }

        return Encoding.ASCII.GetBytes(text.ToString());
    }
}
