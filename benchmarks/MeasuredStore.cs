namespace ExecutionGrains.Bench;

/// <summary>A kind of store, and its baseline.</summary>
internal abstract class MeasuredStore : IAsyncDisposable
{
    /// <summary>Name of the store in the table.</summary>
    public abstract string Name { get; }

    /// <summary>Engine, version and durability settings, for the header.</summary>
    public abstract string Engine { get; }

    /// <summary>Description of what <see cref="BaselineAsync"/> measures.</summary>
    public abstract string BaselineName { get; }

    /// <summary>
    /// Called before each row. Drops the databases of earlier rows, so that their write-back and vacuum do not affect this row. Keeps the baseline's database.
    /// </summary>
    public abstract Task DropEarlierDatabasesAsync();

    /// <summary>Opens a new, empty store.</summary>
    public abstract Task<OpenStore> OpenAsync(string name, TimeProvider clock);

    /// <summary>Opens a new store that contains the given number of executions of the 24 hours before <paramref name="now"/>.</summary>
    public abstract Task<OpenStore> OpenSeededAsync(string name, int executions, DateTimeOffset now);

    /// <summary>Settings of a silo with a new, empty store.</summary>
    public abstract Task<IReadOnlyDictionary<string, string>> SiloSettingsAsync(string name);

    /// <summary>Measures the baseline: one transaction per event, the usual design of execution trackers, in its fastest form.</summary>
    /// <returns>One slice, long enough that the time to start hardly counts.</returns>
    public abstract Task<MeasuredSlice> BaselineAsync();

    /// <summary>The footprint of all databases of this store.</summary>
    public abstract Task<ResourceUsage> ResourceUsageAsync();

    public abstract ValueTask DisposeAsync();
}
