using System.Globalization;
using ExecutionGrains.Grains;
using ExecutionGrains.Hosting.Secrets;
using ExecutionGrains.Hosting.Settings;
using ExecutionGrains.Hosting.Store;
using ExecutionGrains.Silo.Configuration;
using ExecutionGrains.Storage;
using ExecutionGrains.Storage.Access;
using ExecutionGrains.Storage.Auditing;
using ExecutionGrains.Storage.Sqlite;

namespace ExecutionGrains.Silo.Commands;

/// <summary>
/// A command that works on the store instead of starting a silo: <c>backup FILE</c>, <c>restore FILE</c>, <c>fence [--anyway]</c>, <c>secrets rotate</c> or
/// <c>secrets reset</c>. The remaining arguments are configuration, as for a silo.
/// </summary>
public sealed class StoreCommand
{
    /// <summary>Option of <c>fence</c> that marks the store without the check for running silos.</summary>
    private const string Anyway = "--anyway";

    /// <summary>
    /// How long <c>fence</c> and <c>secrets reset</c> watch for heartbeats. 7 s: a running silo writes a heartbeat every 2 s, one that hangs is given up after
    /// 4 s, and 1 s is a reserve.
    /// </summary>
    private static readonly TimeSpan LookingOn = SiloLiveness.AnswerMax + SiloLiveness.Period + TimeSpan.FromSeconds(1);

    private const string Rotate = "secrets rotate";
    private const string Reset = "secrets reset";
    private const string RotateMasterKey = "secrets rotate-master-key";

    private readonly string? file;
    private readonly string[] settings;
    private readonly bool anyway;

    private StoreCommand(string name, string? file, string[] settings)
    {
        (Name, this.file) = (name, file);
        anyway = name == "fence" && settings.Contains(Anyway);
        this.settings = anyway ? [.. settings.Where(s => s != Anyway)] : settings;
    }

    /// <summary>
    /// <c>backup</c>, <c>restore</c>, <c>fence</c>, <c>secrets rotate</c> or <c>secrets reset</c>. <see cref="RunAsync"/> refuses any other name, so that a
    /// misspelled command does not start a silo.
    /// </summary>
    public string Name { get; }

    /// <summary>Returns null if the arguments start a silo.</summary>
    public static StoreCommand? Find(string[] args) => args switch
    {
        [("backup" or "restore") and var name, var file, .. var settings] when !file.StartsWith('-') => new(name, file, settings),
        ["fence" and var name, var file, .. var settings] when !file.StartsWith('-') && !file.Contains('=', StringComparison.Ordinal) =>
            new(name, file, settings),
        ["fence" and var name, .. var settings] => new(name, null, settings),
        [("backup" or "restore") and var name, .. var settings] => new(name, null, settings),
        ["secrets", "rotate-master-key", var file, .. var settings] when !file.StartsWith('-') => new(RotateMasterKey, file, settings),
        ["secrets", "rotate-master-key", .. var settings] => new(RotateMasterKey, null, settings),
        ["secrets", ("rotate" or "reset") and var what, .. var settings] => new($"secrets {what}", null, settings),
        [var name, ..] when !name.StartsWith('-') && !name.Contains('=', StringComparison.Ordinal) => new(name, null, []),
        _ => null,
    };

    /// <exception cref="StartException">The arguments or the configuration are invalid, or a running silo uses the store.</exception>
    /// <exception cref="StoreException">The store could not carry out the command.</exception>
    public async Task RunAsync(TimeProvider time, CancellationToken cancel)
    {
        if (Name is not ("backup" or "restore" or "fence" or Rotate or Reset or RotateMasterKey))
        {
            throw new StartException(
                "there is no such command; there are: backup FILE, restore FILE, fence, cluster certificates --out DIR, secrets rotate, secrets reset, "
                + $"secrets rotate-master-key NEWFILE, {AuditCommand.Usage}");
        }

        if (Name == "fence" && file is not null)
        {
            throw new StartException($"it takes no file, and was given {file}: it marks the store that the settings name");
        }

        var builder = ProgramBuilder.Create(settings);
        var options = ProgramOptionsReader.Read(builder.Configuration);
        if (FilePermissions.Secure(options) is { Count: > 0 } narrowed)
        {
            Console.WriteLine($"Narrowed the modes of files and folders that other users could access: {string.Join(", ", narrowed)}");
        }

        if (Name is "fence" or Rotate or Reset or RotateMasterKey)
        {
            builder.Services.AddKeyedSingleton(TrackerClock.Key, time).AddSingleton<ExecutionGrainsOptions>(options)
                .AddSingleton<MasterKeyFile>().AddSingleton<SecretVault>();
            StoreSetup.Add(builder.Services, options);
            await using var provider = builder.Services.BuildServiceProvider();
            await (Name switch
            {
                "fence" => FenceAsync(provider.GetRequiredService<IOperationsStore>(), time, cancel),
                Rotate => RotateAsync(provider, time, cancel),
                RotateMasterKey => RotateMasterKeyAsync(provider, options, time, cancel),
                _ => ResetAsync(provider, time, cancel),
            }).ConfigureAwait(false);
            return;
        }

        if (options.StoreProvider != "sqlite")
        {
            throw new StartException(
                $"the store is {options.StoreProvider}, and only sqlite has this command; use its own tools, then «fence» (docs/operating.md)");
        }

        var named = file ?? throw new StartException($"the file is missing: {Name} FILE");
        var path = StoreSetup.PathOf(options);
        Console.WriteLine(Name == "backup" ? BackUp(path, named) : Restore(path, named, time));
    }

    private static string BackUp(string path, string copy)
    {
        var made = SqliteBackup.Take(path, copy);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"Backed up {path} to {made.Path}: {made.Bytes} bytes, schema {made.Schema}, checked, in {made.Took.TotalSeconds:0.0} s.");
    }

    private static string Restore(string path, string backup, TimeProvider time)
    {
        var kept = SqliteBackup.Restore(backup, path, time.GetUtcNow());
        return $"Restored {backup} to {path}{(kept is null ? string.Empty : $"; the previous database is now {kept}")}. "
            + "When the silo starts, it fences off the executions that had not ended.";
    }

    /// <summary>
    /// Returns the id of a silo whose heartbeat advances during the watch; null if there is none. The age of a heartbeat proves nothing: a copy of a store
    /// that is a minute old contains recent heartbeats, and clocks differ.
    /// </summary>
    private static async Task<string?> HeardOfAsync(IOperationsStore store, TimeProvider time, CancellationToken cancel)
    {
        var before = await store.SignsOfLifeAsync(cancel).ConfigureAwait(false);
        if (before.Count == 0)
        {
            return null;
        }

        Console.WriteLine($"Watching for {LookingOn.TotalSeconds:0} s whether a silo uses this store …");
        await Task.Delay(LookingOn, time, cancel).ConfigureAwait(false);
        var after = await store.SignsOfLifeAsync(cancel).ConfigureAwait(false);
        return after.Where(sign => !before.TryGetValue(sign.Key, out var at) || sign.Value > at).Select(sign => sign.Key).FirstOrDefault();
    }

    /// <summary>
    /// Rotates the secrets. On PostgreSQL this works while silos run; they read the new secrets. A silo on SQLite locks its file, so there the rotation is
    /// requested over HTTP while the silo runs.
    /// </summary>
    private static async Task RotateAsync(ServiceProvider provider, TimeProvider time, CancellationToken cancel)
    {
        await provider.GetRequiredService<IOperationsStore>().MigrateAsync(cancel).ConfigureAwait(false);
        var vault = provider.GetRequiredService<SecretVault>();
        await vault.OpenAsync(cancel).ConfigureAwait(false);
        var rings = await vault.RotateAsync(Audit(time, "secrets.rotate"), cancel).ConfigureAwait(false);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"New secrets sign from {rings.Tokens.Secrets[0].SignsFrom:u} on. "
                + $"The previous secrets verify run tokens until {rings.Tokens.PreviousUntil:u} and sessions until {rings.Sessions.PreviousUntil:u}."));
    }

    /// <summary>Deletes the secrets. The only recovery if the master key is lost.</summary>
    private static async Task ResetAsync(ServiceProvider provider, TimeProvider time, CancellationToken cancel)
    {
        var store = provider.GetRequiredService<IOperationsStore>();
        await RefuseWhereUsedAsync(store, time, string.Empty, cancel).ConfigureAwait(false);
        await store.MigrateAsync(cancel).ConfigureAwait(false);
        await provider.GetRequiredService<IAccessStore>().DeleteSecretsAsync(Audit(time, "secrets.reset"), cancel).ConfigureAwait(false);
        Console.WriteLine(
            "Deleted the secrets. The next start creates new ones. "
            + "Every run token and session is invalid now, and an event that is sent again will be a conflict, not a duplicate.");
    }

    /// <summary>
    /// Wraps the secrets with the key in another file, which is created if it does not exist. The key is on disk before the transaction, so that a crash leaves
    /// a store that one of the two files opens.
    /// </summary>
    private async Task RotateMasterKeyAsync(ServiceProvider provider, ProgramOptions options, TimeProvider time, CancellationToken cancel)
    {
        var path = file ?? throw new StartException($"the file of the new key is missing: {RotateMasterKey} NEWFILE");
        var (current, next) = (provider.GetRequiredService<MasterKeyFile>(), new MasterKeyFile(options with { MasterKeyFile = Path.GetFullPath(path) }));
        if (Path.GetFullPath(current.Path) == next.Path)
        {
            throw new StartException($"{path} holds the key that the secrets are wrapped with now: name another file, which may not exist yet");
        }

        var store = provider.GetRequiredService<IOperationsStore>();
        await RefuseWhereUsedAsync(store, time, string.Empty, cancel).ConfigureAwait(false);
        await store.MigrateAsync(cancel).ConfigureAwait(false);
        var vault = provider.GetRequiredService<SecretVault>();
        await vault.OpenAsync(cancel).ConfigureAwait(false);
        var (key, isNew) = next.Exists ? (next.Read(), false) : next.Make();
        if (key.Text() == current.Read().Text())
        {
            throw new StartException($"{path} holds the key that the secrets are wrapped with now: name another file, which may not exist yet");
        }

        await vault.RewrapAsync(key, Audit(time, "secrets.rewrap"), cancel).ConfigureAwait(false);
        Console.WriteLine(
            $"The secrets are wrapped with the {(isNew ? "new " : "")}key in {next.Path} now, and {current.Path} opens them no more. Before the next start, "
            + "move the new file to its place on every silo's machine, or name it with ExecutionGrains__Auth__MasterKeyFile, "
            + "and keep a copy apart from the backups. "
            + "Backups of before need the old file.");
    }

    private static AuditRow Audit(TimeProvider time, string action) => new(time.GetUtcNow(), "command", action, null, null, null);

    private static async Task RefuseWhereUsedAsync(IOperationsStore store, TimeProvider time, string wayOut, CancellationToken cancel)
    {
        if (await HeardOfAsync(store, time, cancel).ConfigureAwait(false) is { } silo)
        {
            throw new StartException($"silo {silo} uses this store: it has just written a heartbeat. Stop every silo first.{wayOut}");
        }
    }

    /// <summary>Marks a store as restored after the database's own tools have restored it.</summary>
    private async Task FenceAsync(IOperationsStore store, TimeProvider time, CancellationToken cancel)
    {
        // Before the migration, because silos of the previous version may still use the schema.
        if (!anyway)
        {
            await RefuseWhereUsedAsync(store, time, $" «fence {Anyway}» marks the store all the same (docs/operating.md)", cancel).ConfigureAwait(false);
        }

        await store.MigrateAsync(cancel).ConfigureAwait(false);
        await store.MarkRestoredAsync(cancel).ConfigureAwait(false);
        Console.WriteLine("The store is marked as restored. When the silo starts, it fences off the executions that had not ended.");
    }
}
