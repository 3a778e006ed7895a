using ExecutionGrains.Grains;
using ExecutionGrains.Hosting.Settings;
using ExecutionGrains.Storage;
using ExecutionGrains.Storage.Access;
using ExecutionGrains.Storage.Auditing;

namespace ExecutionGrains.Hosting.Secrets;

/// <summary>
/// The secrets of a store, each for one purpose: event hashes, run tokens, dashboard sessions. The store holds them encrypted (wrapped) by the master key,
/// which is in a file outside the store. So access to the database or to a backup is not enough to sign anything.
/// </summary>
public sealed partial class SecretVault(
    IAccessStore store,
    MasterKeyFile file,
    ExecutionGrainsOptions options,
    [FromKeyedServices(TrackerClock.Key)] TimeProvider time,
    ILogger<SecretVault> log)
{
    private const string Hashes = "hashes";
    private const string Tokens = "tokens";
    private const string SessionSecrets = "sessions";

    private const string Audit = "audit";

    private static readonly string[] Names = [Hashes, Tokens, SessionSecrets, Audit];

    /// <summary>The settings in which earlier versions stored secrets in plain text.</summary>
    private const string PlainHashes = "hash-key";
    private const string PlainTokens = "token-key";

    /// <summary>Longest lifetime of a dashboard session. 12 h.</summary>
    private static readonly TimeSpan SessionLife = TimeSpan.FromHours(12);

    /// <summary>Maximum of attempts for a guarded write. If every attempt meets a concurrent change, the call fails.</summary>
    private const int AttemptsMax = 10;

    private MasterKey? _master;
    private volatile OpenedSecrets? _opened;

    /// <summary>
    /// Reads the master key, or creates it together with the first secrets. Moves secrets that an earlier version stored in plain text to their encrypted form.
    /// </summary>
    /// <exception cref="StartException">The master key file is missing, belongs to another store, or can be accessed by other users.</exception>
    /// <exception cref="StoreException">The store is unavailable.</exception>
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
            // Another silo has created the secrets first, with another master key file.
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

    /// <summary>The key of the event hashes. It never changes, because the hashes are stored.</summary>
    public byte[] HashKey() => _opened!.HashKey;

    /// <summary>The key that signs the checkpoints of the audit's hash chain. Rotations keep it.</summary>
    public byte[] AuditKey() => _opened!.AuditKey;

    /// <summary>Reads the key of the audit's checkpoints, and creates nothing.</summary>
    /// <exception cref="StartException">The master key file is missing or belongs to another store, or no silo has created the secret yet.</exception>
    /// <exception cref="StoreException">The store is unavailable.</exception>
    public async Task<byte[]> ReadAuditKeyAsync(CancellationToken cancel)
    {
        var stored = await store.SecretsAsync(cancel).ConfigureAwait(false);
        if (!stored.ContainsKey(Audit))
        {
            throw new StartException("the store has no secret for the audit yet: start a silo of this version on it first");
        }

        _master = file.Exists ? file.Read() : throw file.Missing();
        return Unwrap(stored, Audit);
    }

    /// <summary>Reads the rings from the store.</summary>
    /// <exception cref="StoreException">The store is unavailable.</exception>
    /// <exception cref="StartException">A secret is missing or was wrapped by another master key.</exception>
    public async Task<SigningKeyRings> RingsAsync(CancellationToken cancel) => (await ReadAsync(cancel).ConfigureAwait(false)).Rings;

    /// <summary>
    /// Replaces the secrets for run tokens and sessions. The new ones sign after <see cref="SigningKeyRing.Spread"/>. The replaced ones verify until everything
    /// that they signed has expired.
    /// </summary>
    /// <param name="audit">The audit entry, written in the same transaction.</param>
    /// <exception cref="StoreException">The store is unavailable, or concurrent changes defeated every attempt.</exception>
    public async Task<SigningKeyRings> RotateAsync(AuditRow audit, CancellationToken cancel)
    {
        for (var attempt = 0; attempt < AttemptsMax; attempt++)
        {
            var opened = await ReadAsync(cancel).ConfigureAwait(false);
            var (rings, now) = (opened.Rings, time.GetUtcNow());
            SecretChange[] changes =
            [
                Change(opened, Tokens, rings.Tokens.Rotate(SigningKeyRing.NewSecret(), now, options.TokenLifetime)),
                Change(opened, SessionSecrets, rings.Sessions.Rotate(SigningKeyRing.NewSecret(), now, SessionLife)),
            ];
            if (await store.ReplaceSecretsAsync(changes, audit, cancel).ConfigureAwait(false))
            {
                return await RingsAsync(cancel).ConfigureAwait(false);
            }
        }

        throw TooManyChanges();
    }

    /// <summary>
    /// Wraps every secret with another master key, in one transaction. From then on the previous key opens none of them. No silo may run: it would go on with
    /// the previous key.
    /// </summary>
    /// <param name="audit">The audit entry, written in the same transaction.</param>
    /// <exception cref="StoreException">The store is unavailable, or a silo has changed a secret meanwhile. Nothing is changed then.</exception>
    public async Task RewrapAsync(MasterKey next, AuditRow audit, CancellationToken cancel)
    {
        var stored = await store.SecretsAsync(cancel).ConfigureAwait(false);
        SecretChange[] changes = [.. stored.Keys.Select(name => new SecretChange(name, stored[name], next.Wrap(name, Unwrap(stored, name))))];
        if (!await store.ReplaceSecretsAsync(changes, audit, cancel).ConfigureAwait(false))
        {
            throw TooManyChanges();
        }

        (_master, _opened) = (next, null);
    }

    /// <summary>Creates the secrets that the store does not have yet.</summary>
    /// <param name="hashes">The hash key as an earlier version stored it, which stays in use; null if there is none.</param>
    /// <param name="tokens">
    /// The concatenated token secrets of an earlier version; empty if there are none. They were readable in the database, so they no longer sign. They still
    /// verify run tokens until these expire, so that running executions can go on. Sessions that they signed end at once.
    /// </param>
    private async Task MakeAsync(byte[]? hashes, byte[] tokens, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var before = tokens.Chunk(SigningKeyRing.SecretLength).Where(s => s.Length == SigningKeyRing.SecretLength);
        var ring = SigningKeyRing.New(now, options.TokenLifetime).Verifying(before, now + options.TokenLifetime + SigningKeyRing.ClockSkew);
        await CreateAsync(Hashes, hashes ?? SigningKeyRing.NewSecret(), cancel).ConfigureAwait(false);
        // Silos may start at once with different master keys. If another silo was first, this throws before this silo adds secrets that the other cannot read.
        Unwrap(await store.SecretsAsync(cancel).ConfigureAwait(false), Hashes);
        await CreateAsync(Tokens, ring.Write(), cancel).ConfigureAwait(false);
        await CreateAsync(SessionSecrets, SigningKeyRing.New(now, SessionLife).Write(), cancel).ConfigureAwait(false);
        await CreateAsync(Audit, SigningKeyRing.NewSecret(), cancel).ConfigureAwait(false);
    }

    /// <summary>Writes the secret unless it exists: if several silos start at once, the first one's stays.</summary>
    private Task<bool> CreateAsync(string name, byte[] secret, CancellationToken cancel) =>
        store.WriteSecretAsync(name, null, _master!.Wrap(name, secret), cancel);

    /// <summary>
    /// Raises the longest lifetime that is stored with the signing secret if run tokens now live longer, so that after a rotation it verifies long enough.
    /// </summary>
    private Task LiveAsync(CancellationToken cancel) => _opened!.Rings.Tokens.Secrets.Any(s => s.EndsAt is null && s.LifeMax < options.TokenLifetime)
        ? ChangeAsync(Tokens, rings => rings.Tokens.Living(options.TokenLifetime), cancel)
        : Task.CompletedTask;

    private async Task ChangeAsync(string name, Func<SigningKeyRings, SigningKeyRing> change, CancellationToken cancel)
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

    private SecretChange Change(OpenedSecrets opened, string name, SigningKeyRing ring) =>
        new(name, opened.Wrapped[name], _master!.Wrap(name, ring.Write()));

    private static StoreException TooManyChanges() => new("change a secret", "other writers changed it at every attempt.", transient: true);

    private async Task<OpenedSecrets> ReadAsync(CancellationToken cancel)
    {
        var stored = await store.SecretsAsync(cancel).ConfigureAwait(false);
        if (_opened is { } known && stored.Count == known.Wrapped.Count
            && stored.All(s => known.Wrapped.TryGetValue(s.Key, out var wrapped) && wrapped.AsSpan().SequenceEqual(s.Value)))
        {
            return known;
        }

        var rings = new SigningKeyRings(SigningKeyRing.Read(Unwrap(stored, Tokens)), SigningKeyRing.Read(Unwrap(stored, SessionSecrets)));
        return _opened = new OpenedSecrets(stored, Unwrap(stored, Hashes), Unwrap(stored, Audit), rings);
    }

    private byte[] Unwrap(IReadOnlyDictionary<string, byte[]> stored, string name) =>
        stored.TryGetValue(name, out var wrapped) ? _master!.Unwrap(name, wrapped) ?? throw file.Wrong()
        : throw new StartException($"the store has no secret «{name}»: they were reset while this silo ran, or the store is damaged; start the silo again");

    private sealed record OpenedSecrets(IReadOnlyDictionary<string, byte[]> Wrapped, byte[] HashKey, byte[] AuditKey, SigningKeyRings Rings);
}
