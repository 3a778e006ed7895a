namespace ExecutionGrains.Bench;

/// <summary>A kind of store, with the baseline that it is measured against.</summary>
internal abstract class MeasuredStore : IAsyncDisposable
{
    /// <summary>As the table names it.</summary>
    public abstract string Name { get; }

    /// <summary>Engine, version, durability.</summary>
    public abstract string Engine { get; }

    /// <summary>What <see cref="BaselineAsync"/> does.</summary>
    public abstract string BaselineName { get; }

    /// <summary>Before a row: what the rows before it left is gone, their databases with what is yet to be written back or vacuumed of them. The baseline's stays.</summary>
    public abstract Task SettleAsync();

    /// <summary>A new and empty one.</summary>
    public abstract Task<OpenStore> OpenAsync(string name, TimeProvider clock);

    /// <summary>One with so many executions of the 24 hours before <paramref name="now"/>.</summary>
    public abstract Task<OpenStore> OpenSeededAsync(string name, int executions, DateTimeOffset now);

    /// <summary>The settings of a silo on a new and empty one.</summary>
    public abstract Task<IReadOnlyDictionary<string, string>> SiloSettingsAsync(string name);

    /// <summary>What trackers do today, in its strongest form: one transaction per event.</summary>
    /// <returns>One slice of it, long enough for its start hardly to count.</returns>
    public abstract Task<Slice> BaselineAsync();

    /// <summary>Of all its databases.</summary>
    public abstract Task<Footprint> FootprintAsync();

    public abstract ValueTask DisposeAsync();
}
