using System.Globalization;
using ExecutionGrains.Storage;
using ExecutionGrains.Storage.Sqlite;

namespace ExecutionGrains.Silo.Hosting;

/// <summary>What the program does to its store instead of starting a silo: <c>backup FILE</c>, <c>restore FILE</c>, <c>fence</c>. What follows is configuration, as for a silo.</summary>
public sealed class StoreCommand
{
    private readonly string? file;
    private readonly string[] settings;

    private StoreCommand(string name, string? file, string[] settings) => (Name, this.file, this.settings) = (name, file, settings);

    /// <summary><c>backup</c>, <c>restore</c> or <c>fence</c>; anything else is refused when it runs, so that a slip of the pen starts no silo.</summary>
    public string Name { get; }

    /// <summary>Null where the arguments start a silo.</summary>
    public static StoreCommand? Find(string[] args) => args switch
    {
        [("backup" or "restore") and var name, var file, .. var settings] when !file.StartsWith('-') => new(name, file, settings),
        ["fence" and var name, var file, .. var settings] when !file.StartsWith('-') && !file.Contains('=', StringComparison.Ordinal) => new(name, file, settings),
        ["fence" and var name, .. var settings] => new(name, null, settings),
        [("backup" or "restore") and var name, .. var settings] => new(name, null, settings),
        [var name, ..] when !name.StartsWith('-') && !name.Contains('=', StringComparison.Ordinal) => new(name, null, []),
        _ => null,
    };

    /// <exception cref="StartException">The arguments or the configuration are wrong.</exception>
    /// <exception cref="StoreException">The store did not do it.</exception>
    public async Task RunAsync(TimeProvider time, CancellationToken cancel)
    {
        if (Name is not ("backup" or "restore" or "fence"))
        {
            throw new StartException("there is no such command; there are: backup FILE, restore FILE, fence");
        }

        if (Name == "fence" && file is not null)
        {
            throw new StartException($"it takes no file, and was given {file}: it marks the store that the settings name");
        }

        var builder = SiloProgram.Builder(settings);
        var options = OptionsReading.Read(builder.Configuration);
        if (Name == "fence")
        {
            await FenceAsync(builder.Services, options, time, cancel).ConfigureAwait(false);
            return;
        }

        if (options.StoreProvider != "sqlite")
        {
            throw new StartException($"the store is {options.StoreProvider}, and only sqlite has this command; use its own tools, then «fence» (docs/operating.md)");
        }

        var named = file ?? throw new StartException($"the file is missing: {Name} FILE");
        var path = StoreHosting.PathOf(options);
        Console.WriteLine(Name == "backup" ? BackUp(path, named) : Restore(path, named, time));
    }

    private static string BackUp(string path, string copy)
    {
        var made = SqliteBackup.Take(path, copy);
        return string.Create(CultureInfo.InvariantCulture, $"Backed up {path} to {made.Path}: {made.Bytes} bytes, schema {made.Schema}, checked, in {made.Took.TotalSeconds:0.0} s.");
    }

    private static string Restore(string path, string backup, TimeProvider time)
    {
        var kept = SqliteBackup.Restore(backup, path, time.GetUtcNow());
        return $"Restored {backup} to {path}{(kept is null ? string.Empty : $"; what was there is {kept}")}. The silo fences off what was alive when it starts.";
    }

    /// <summary>Marks a store that the database's own tools have restored.</summary>
    private static async Task FenceAsync(IServiceCollection services, SiloOptions options, TimeProvider time, CancellationToken cancel)
    {
        services.AddKeyedSingleton(TrackerTime.Key, time);
        StoreHosting.Add(services, options);
        await using var provider = services.BuildServiceProvider();
        var store = provider.GetRequiredService<IOperationsStore>();
        await store.MigrateAsync(cancel).ConfigureAwait(false);
        await store.MarkRestoredAsync(cancel).ConfigureAwait(false);
        Console.WriteLine("The store is marked as restored. The silo fences off what was alive when it starts.");
    }
}
