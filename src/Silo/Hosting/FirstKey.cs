using ExecutionGrains.Grains;
using ExecutionGrains.Silo.Auth;
using ExecutionGrains.Storage;

namespace ExecutionGrains.Silo.Hosting;

/// <summary>Sees to it that there is an admin key, or refuses to start.</summary>
public sealed class FirstKey(IOperationsStore store, SiloOptions options, [FromKeyedServices(TrackerClock.Key)] TimeProvider time)
{
    private const string BootstrapKeyId = "bootstrap";
    private const string AdminKeyId = "admin";
    private const string FileName = "admin.key";
    private (string Key, string Path)? made;

    /// <exception cref="StartException">Others could reach the silo and there is no usable key.</exception>
    public async Task EnsureAsync(CancellationToken cancel)
    {
        var keys = await store.KeysAsync(cancel).ConfigureAwait(false);
        if (options.BootstrapKey is { } given)
        {
            await AddGivenAsync(keys, given, cancel).ConfigureAwait(false);
            return;
        }

        var now = time.GetUtcNow();
        if (keys.Any(k => k.RevokedAt is null && !(k.ExpiresAt <= now)))
        {
            return;
        }

        if (!Listening.IsLoopback(options.Urls))
        {
            throw new StartException(
                $"ExecutionGrains__Urls is {options.Urls}, which others can reach, and there is no usable key: set ExecutionGrains__Auth__BootstrapKey (32 to 256 printable ASCII characters)");
        }

        await MakeAsync(keys.Any(k => k.KeyId == AdminKeyId), cancel).ConfigureAwait(false);
    }

    /// <summary>Prints the key that this start made, if it made one, with a link that works: the silo listens by now.</summary>
    public void Tell(string url)
    {
        if (made is var (key, path))
        {
            Console.WriteLine($"The admin key, shown this once and kept in {path}:");
            Console.WriteLine($"  {key}");
            Console.WriteLine($"Dashboard: {url.TrimEnd('/')}/?key={key}");
        }
    }

    private async Task AddGivenAsync(IReadOnlyList<ApiKeyRow> keys, string given, CancellationToken cancel)
    {
        var hash = ApiKey.Hash(given);
        if (keys.Any(k => k.Hash.AsSpan().SequenceEqual(hash)))
        {
            return;
        }

        var id = $"{BootstrapKeyId}-{Convert.ToHexStringLower(hash.AsSpan(0, 4))}";
        await AddAsync(Row(id, hash), cancel).ConfigureAwait(false);
    }

    /// <summary>False where another silo, which starts on the same store, was first.</summary>
    private async Task<bool> AddAsync(ApiKeyRow key, CancellationToken cancel)
    {
        try
        {
            await store.AddKeyAsync(key, cancel).ConfigureAwait(false);
            return true;
        }
        catch (StoreException)
        {
            var keys = await store.KeysAsync(cancel).ConfigureAwait(false);
            if (keys.Any(k => k.KeyId == key.KeyId))
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
        Directory.CreateDirectory(options.DataPath);
        var path = Path.Combine(options.DataPath, FileName);
        File.Delete(path);
        var file = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            file.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        await using (var writer = new StreamWriter(path, file))
        {
            await writer.WriteLineAsync(key.AsMemory(), cancel).ConfigureAwait(false);
        }

        var hash = ApiKey.Hash(key);
        var id = again ? $"{AdminKeyId}-{Convert.ToHexStringLower(hash.AsSpan(0, 4))}" : AdminKeyId;
        if (await AddAsync(Row(id, hash), cancel).ConfigureAwait(false))
        {
            made = (key, path);
        }
        else
        {
            // The key is in the other silo's file.
            File.Delete(path);
        }
    }

    private ApiKeyRow Row(string id, byte[] hash) =>
        new(id, "admin", Role.Admin.Word(), null, hash, null, time.GetUtcNow(), null, null);
}
