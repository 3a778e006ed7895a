using ExecutionGrains.Grains;
using ExecutionGrains.Silo.Auth;
using ExecutionGrains.Storage;

namespace ExecutionGrains.Silo.Hosting;

/// <summary>Sees to it that there is an admin key, or refuses to start.</summary>
public sealed class FirstKey(
    IOperationsStore store,
    IAccessStore access,
    ApiKeys keys,
    OneTimeCodes codes,
    SiloOptions options,
    [FromKeyedServices(TrackerClock.Key)] TimeProvider time)
{
    /// <summary>The name of the file in the data folder that keeps the first admin key.</summary>
    public const string FileName = "admin.key";

    /// <summary>Ids of bootstrap keys begin so; at most one of them is usable.</summary>
    private const string BootstrapPrefix = "bootstrap-";
    private const string AdminKeyId = "admin";

    private bool isMade;

    private string FilePath => Path.Combine(options.DataPath, FileName);

    internal static bool IsBootstrap(string keyId) => keyId.StartsWith(BootstrapPrefix, StringComparison.Ordinal);

    /// <exception cref="StartException">Others could reach the silo and there is no usable key, or the bootstrap key was revoked.</exception>
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

        if (!Listening.IsLoopback(options.Urls))
        {
            throw new StartException(
                $"ExecutionGrains__Urls is {options.Urls}, which others can reach, and there is no usable key: set ExecutionGrains__Auth__BootstrapKey (32 to 256 printable ASCII characters)");
        }

        await MakeAsync(stored.Any(k => k.KeyId == AdminKeyId), cancel).ConfigureAwait(false);
    }

    /// <summary>
    /// Prints where the key is that this start made, if it made one, with a link that works: the silo listens by now. At a terminal the link is printed at
    /// every start of a silo whose admin key
    /// is in its data folder; into a file, which others may read, only at the first.
    /// </summary>
    public void Tell(string url)
    {
        if (isMade)
        {
            Console.WriteLine($"The admin key is in {FilePath}, for its owner's eyes only.");
        }

        if ((isMade || !Console.IsOutputRedirected) && options.BootstrapKey is null && File.Exists(FilePath)
            && keys.Find(File.ReadAllText(FilePath).Trim()) is { } key)
        {
            Console.WriteLine($"Dashboard: {url.TrimEnd('/')}/?code={codes.Make(key.KeyId)}");
        }
    }

    /// <summary>The given key becomes the one bootstrap key; another one of before is revoked. What that one made and caused lives on.</summary>
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

        // A key of another kind that is given as the bootstrap key stays what it is.
        var next = known ?? Row($"{BootstrapPrefix}{Convert.ToHexStringLower(hash.AsSpan(0, 8))}", hash);
        await access.InstallKeyAsync(next, BootstrapPrefix, time.GetUtcNow(), Audit("key.install", next), cancel).ConfigureAwait(false);
    }

    /// <summary>False where another silo, which starts on the same store, was first.</summary>
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

    /// <param name="again">Whether there was one that is of no use any more, like every other key.</param>
    private async Task MakeAsync(bool again, CancellationToken cancel)
    {
        var key = ApiKey.New();
        OwnerOnly.MakeFolder(options.DataPath);
        // Of silos that start together on one folder, only the one whose key the store has takes the name.
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
