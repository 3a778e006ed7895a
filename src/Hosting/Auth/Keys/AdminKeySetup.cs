using ExecutionGrains.Grains;
using ExecutionGrains.Hosting.Auth.Browser;
using ExecutionGrains.Hosting.Settings;
using ExecutionGrains.Storage;
using ExecutionGrains.Storage.Access;
using ExecutionGrains.Storage.Auditing;

namespace ExecutionGrains.Hosting.Auth.Keys;

/// <summary>
/// Ensures that a usable API key exists. Installs the configured bootstrap key; without one, and if the store has no usable key, does what
/// <see cref="ExecutionGrainsOptions.FirstKey"/> says.
/// </summary>
public sealed class AdminKeySetup(
    IOperationsStore store,
    IAccessStore access,
    ApiKeyCache keys,
    OneTimeCodes codes,
    ExecutionGrainsOptions options,
    [FromKeyedServices(TrackerClock.Key)] TimeProvider time)
{
    /// <summary>Name of the file in the data folder that holds the admin key that a start created.</summary>
    public const string FileName = "admin.key";

    /// <summary>Prefix of the ids of bootstrap keys. At most one of them is usable.</summary>
    private const string BootstrapPrefix = "bootstrap-";
    private const string AdminKeyId = "admin";

    private bool isMade;

    private string FilePath => Path.Combine(options.DataPath, FileName);

    internal static bool IsBootstrap(string keyId) => keyId.StartsWith(BootstrapPrefix, StringComparison.Ordinal);

    /// <exception cref="StartException">The options require a key and none is usable, or the configured bootstrap key was revoked.</exception>
    public async Task EnsureAsync(CancellationToken cancel)
    {
        var stored = await store.KeysAsync(cancel).ConfigureAwait(false);
        if (options.BootstrapKey is { } given)
        {
            await InstallAsync(stored, given, cancel).ConfigureAwait(false);
            return;
        }

        var now = time.GetUtcNow();
        if (stored.Any(k => k.RevokedAt is null && !(k.ExpiresAt <= now)))
        {
            return;
        }

        if (options.FirstKey == FirstKey.Require)
        {
            throw new NoKeyException();
        }

        if (options.FirstKey == FirstKey.Create)
        {
            await MakeAsync(stored.Any(k => k.KeyId == AdminKeyId), cancel).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Prints the path of the admin key if this start created one, and a sign-in link to the dashboard if that key is usable. On a terminal the link is
    /// printed at every start. If the output is redirected, it is printed only at the start that created the key, because other users may read the output.
    /// Call it once the silo listens, so that the link works.
    /// </summary>
    public void Tell(string url)
    {
        if (isMade)
        {
            Console.WriteLine($"The admin key is in {FilePath}, which only its owner can read.");
        }

        if ((isMade || !Console.IsOutputRedirected) && options.BootstrapKey is null && File.Exists(FilePath)
            && keys.Find(File.ReadAllText(FilePath).Trim()) is { } key)
        {
            Console.WriteLine($"Dashboard: {url.TrimEnd('/')}{options.DashboardPath}?code={codes.Make(key.KeyId)}");
        }
    }

    /// <summary>
    /// Makes the configured key the only bootstrap key and revokes the previous one. Keys and run tokens that the previous one created stay valid.
    /// </summary>
    /// <exception cref="StartException">The configured key was revoked.</exception>
    private async Task InstallAsync(IReadOnlyList<ApiKeyRow> stored, string given, CancellationToken cancel)
    {
        var hash = ApiKey.Hash(given);
        var known = stored.FirstOrDefault(k => k.Hash.AsSpan().SequenceEqual(hash));
        var bootstraps = stored.Where(k => IsBootstrap(k.KeyId)).ToArray();
        if (known is { RevokedAt: not null, ReplacedBy: null })
        {
            throw new StartException("ExecutionGrains__Auth__BootstrapKey is a key that was revoked: set another value");
        }

        if (known is not null && bootstraps.All(k => k.KeyId == known.KeyId || k.RevokedAt is not null) && known.RevokedAt is null)
        {
            return;
        }

        // If the value is already stored as a key of another kind, that key keeps its id and role.
        var next = known ?? Row($"{BootstrapPrefix}{Convert.ToHexStringLower(hash.AsSpan(0, 8))}", hash);
        await access.InstallKeyAsync(next, BootstrapPrefix, time.GetUtcNow(), Audit("key.install", next), cancel).ConfigureAwait(false);
    }

    /// <summary>Returns false if another silo that starts on the same store has already added the key.</summary>
    private async Task<bool> AddAsync(ApiKeyRow key, CancellationToken cancel)
    {
        try
        {
            await store.AddKeyAsync(key, Audit("key.create", key), cancel).ConfigureAwait(false);
            return true;
        }
        catch (StoreException)
        {
            var stored = await store.KeysAsync(cancel).ConfigureAwait(false);
            if (stored.Any(k => k.KeyId == key.KeyId))
            {
                return false;
            }

            throw;
        }
    }

    /// <summary>Creates an admin key, stores its hash, and writes the key to the data folder.</summary>
    /// <param name="again">Whether the store already has the key id <c>admin</c>, which is no longer usable. The new key then gets another id.</param>
    private async Task MakeAsync(bool again, CancellationToken cancel)
    {
        var key = ApiKey.New();
        OwnerOnly.MakeFolder(options.DataPath);
        // Several silos may start at once on one folder. Only the silo whose key is in the store moves its file to the final name.
        var part = $"{FilePath}.{Environment.ProcessId}.part";
        File.Delete(part);
        var writer = new StreamWriter(OwnerOnly.Open(part, FileMode.CreateNew, FileAccess.Write));
        await using (writer.ConfigureAwait(false))
        {
            await writer.WriteLineAsync(key.AsMemory(), cancel).ConfigureAwait(false);
        }

        var hash = ApiKey.Hash(key);
        var id = again ? $"{AdminKeyId}-{Convert.ToHexStringLower(hash.AsSpan(0, 4))}" : AdminKeyId;
        isMade = await AddAsync(Row(id, hash), cancel).ConfigureAwait(false);
        if (isMade)
        {
            File.Move(part, FilePath, overwrite: true);
        }
        else
        {
            File.Delete(part);
        }
    }

    private AuditRow Audit(string action, ApiKeyRow key) => new(time.GetUtcNow(), "startup", action, null, null, key.KeyId);

    private ApiKeyRow Row(string id, byte[] hash) =>
        new(id, "admin", Role.Admin.Word(), null, hash, null, time.GetUtcNow(), null, null);
}
