using ExecutionGrains.Grains;
using ExecutionGrains.Silo.Auth;
using ExecutionGrains.Silo.Hosting;
using ExecutionGrains.Storage;

namespace ExecutionGrains.Silo.Secrets;

/// <summary>
/// The silo's secrets, each for one thing: the hashes of events, run tokens, the dashboard's sessions. The store holds them wrapped by the master key, which
/// is in a file outside of it; a reader
/// of the database or of a backup can sign nothing.
/// </summary>
public sealed partial class SecretVault(
    IAccessStore store,
    MasterKeyFile file,
    SiloOptions options,
    [FromKeyedServices(TrackerClock.Key)] TimeProvider time,
    ILogger<SecretVault> log)
{
    private const string Hashes = "hashes";
    private const string Tokens = "tokens";
    private const string SessionSecrets = "sessions";

    private static readonly string[] Names = [Hashes, Tokens, SessionSecrets];

    /// <summary>The settings in which earlier versions kept secrets as they are.</summary>
    private const string PlainHashes = "hash-key";
    private const string PlainTokens = "token-key";

    /// <summary>The longest life of one of the dashboard's sessions. 12 h.</summary>
    private static readonly TimeSpan SessionLife = TimeSpan.FromHours(12);

    /// <summary>A writer that is always second gives up: somebody else rotates all the time.</summary>
    private const int AttemptsMax = 10;

    private MasterKey? _master;
    private volatile OpenedSecrets? _opened;

    /// <summary>Reads the master key, or makes it with the first secrets; wraps those that an earlier version stored as they are.</summary>
    /// <exception cref="StartException">The file is missing, wrong, or open to others.</exception>
    /// <exception cref="StoreException">The store is away.</exception>
    public async Task OpenAsync(CancellationToken cancel)
    {
        var stored = await store.SecretsAsync(cancel).ConfigureAwait(false);
        if (stored.Count > 0 && !file.Exists)
        {
            throw file.Missing();
        }

        (_master, var isNew) = file.Exists ? (file.Read(), false) : file.Make();
        var hashes = await store.FindSettingAsync(PlainHashes, cancel).ConfigureAwait(false);
        var tokens = await store.FindSettingAsync(PlainTokens, cancel).ConfigureAwait(false);
        try
        {
            if (!Names.All(stored.ContainsKey))
            {
                await MakeAsync(hashes, tokens ?? [], cancel).ConfigureAwait(false);
            }

            await RingsAsync(cancel).ConfigureAwait(false);
        }
        catch (StartException) when (isNew)
        {
            // Another silo was first, with another file.
            file.Remove();
            throw;
        }

        if (isNew)
        {
            MasterKeyMade(file.Path);
        }

        if (hashes is not null || tokens is not null)
        {
            await store.EraseSettingsAsync([PlainHashes, PlainTokens], cancel).ConfigureAwait(false);
            SecretsWrapped(file.Path);
        }

        await LiveAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>The key of the hashes of events. It never changes: the hashes are stored.</summary>
    public byte[] HashKey() => _opened!.HashKey;

    /// <summary>Reads the rings again.</summary>
    /// <exception cref="StoreException">The store is away.</exception>
    /// <exception cref="StartException">They are not of this master key.</exception>
    public async Task<SecretRings> RingsAsync(CancellationToken cancel) => (await ReadAsync(cancel).ConfigureAwait(false)).Rings;

    /// <summary>
    /// New secrets for run tokens and sessions. They sign after <see cref="SecretRing.Spread"/>; the ones of before verify until the longest life of what
    /// they signed has passed.
    /// </summary>
    /// <param name="audit">Written in the same transaction.</param>
    /// <exception cref="StoreException">The store is away.</exception>
    public async Task<SecretRings> RotateAsync(AuditRow audit, CancellationToken cancel)
    {
        for (var attempt = 0; attempt < AttemptsMax; attempt++)
        {
            var opened = await ReadAsync(cancel).ConfigureAwait(false);
            var (rings, now) = (opened.Rings, time.GetUtcNow());
            SecretChange[] changes =
            [
                Change(opened, Tokens, rings.Tokens.Rotate(SecretRing.NewSecret(), now, options.TokenLifetime)),
                Change(opened, SessionSecrets, rings.Sessions.Rotate(SecretRing.NewSecret(), now, SessionLife)),
            ];
            if (await store.ReplaceSecretsAsync(changes, audit, cancel).ConfigureAwait(false))
            {
                return await RingsAsync(cancel).ConfigureAwait(false);
            }
        }

        throw TooManyChanges();
    }

    /// <param name="hashes">As an earlier version stored it; null: there is none.</param>
    /// <param name="tokens">The secrets of an earlier version, one after the other. Whoever could read the database has them: they sign nothing more, but
    /// verify run tokens until these expire, so that no run ends for it.
    /// Sessions that they signed are over at once.</param>
    private async Task MakeAsync(byte[]? hashes, byte[] tokens, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var before = tokens.Chunk(SecretRing.SecretLength).Where(s => s.Length == SecretRing.SecretLength);
        var ring = SecretRing.New(now, options.TokenLifetime).Verifying(before, now + options.TokenLifetime + RunToken.Skew);
        await CreateAsync(Hashes, hashes ?? SecretRing.NewSecret(), cancel).ConfigureAwait(false);
        // Of silos that start together with different master keys, the one that comes second must leave no secret of its own beside the first one's.
        Unwrap(await store.SecretsAsync(cancel).ConfigureAwait(false), Hashes);
        await CreateAsync(Tokens, ring.Write(), cancel).ConfigureAwait(false);
        await CreateAsync(SessionSecrets, SecretRing.New(now, SessionLife).Write(), cancel).ConfigureAwait(false);
    }

    /// <summary>Of silos that start together, the first one's holds.</summary>
    private Task<bool> CreateAsync(string name, byte[] secret, CancellationToken cancel) =>
        store.WriteSecretAsync(name, null, _master!.Wrap(name, secret), cancel);

    /// <summary>Where run tokens live longer than they did: the secret that signs them is told.</summary>
    private Task LiveAsync(CancellationToken cancel) => _opened!.Rings.Tokens.Secrets.Any(s => s.EndsAt is null && s.LifeMax < options.TokenLifetime)
        ? ChangeAsync(Tokens, rings => rings.Tokens.Living(options.TokenLifetime), cancel)
        : Task.CompletedTask;

    private async Task ChangeAsync(string name, Func<SecretRings, SecretRing> change, CancellationToken cancel)
    {
        for (var attempt = 0; attempt < AttemptsMax; attempt++)
        {
            var opened = await ReadAsync(cancel).ConfigureAwait(false);
            var next = change(opened.Rings).Write();
            if (await store.WriteSecretAsync(name, opened.Wrapped[name], _master!.Wrap(name, next), cancel).ConfigureAwait(false))
            {
                return;
            }
        }

        throw TooManyChanges();
    }

    private SecretChange Change(OpenedSecrets opened, string name, SecretRing ring) =>
        new(name, opened.Wrapped[name], _master!.Wrap(name, ring.Write()));

    private static StoreException TooManyChanges() => new("change a secret", "others change it all the time.", transient: true);

    private async Task<OpenedSecrets> ReadAsync(CancellationToken cancel)
    {
        var stored = await store.SecretsAsync(cancel).ConfigureAwait(false);
        if (_opened is { } known && stored.Count == known.Wrapped.Count
            && stored.All(s => known.Wrapped.TryGetValue(s.Key, out var wrapped) && wrapped.AsSpan().SequenceEqual(s.Value)))
        {
            return known;
        }

        var rings = new SecretRings(SecretRing.Read(Unwrap(stored, Tokens)), SecretRing.Read(Unwrap(stored, SessionSecrets)));
        return _opened = new OpenedSecrets(stored, Unwrap(stored, Hashes), rings);
    }

    private byte[] Unwrap(IReadOnlyDictionary<string, byte[]> stored, string name) =>
        stored.TryGetValue(name, out var wrapped) ? _master!.Unwrap(name, wrapped) ?? throw file.Wrong()
        : throw new StartException($"the store has no secret «{name}»: they were reset while this silo ran, or the store is damaged; start the silo again");

    private sealed record OpenedSecrets(IReadOnlyDictionary<string, byte[]> Wrapped, byte[] HashKey, SecretRings Rings);
}
