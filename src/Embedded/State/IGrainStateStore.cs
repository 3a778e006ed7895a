namespace ExecutionGrains.Embedded;

/// <summary>The rows behind IPersistentState: (grain, name, json, etag). Every write is guarded by the etag.</summary>
public interface IGrainStateStore
{
    /// <param name="grain">The grain's id, such as <c>janitor/3</c>.</param>
    /// <param name="name">The state's name.</param>
    /// <param name="cancellationToken">Gives up the read.</param>
    /// <returns>null if there is no row.</returns>
    Task<GrainStateRow?> ReadAsync(string grain, string name, CancellationToken cancellationToken);

    /// <param name="grain">The grain's id.</param>
    /// <param name="name">The state's name.</param>
    /// <param name="json">The whole state.</param>
    /// <param name="etag">What the row must have now; null: there must be no row.</param>
    /// <param name="cancellationToken">Gives up; whether the row was written is then unknown.</param>
    /// <returns>The new etag; null if somebody else won.</returns>
    Task<string?> WriteAsync(string grain, string name, string json, string? etag, CancellationToken cancellationToken);

    /// <summary>Deletes the row.</summary>
    /// <returns>false if somebody else won.</returns>
    Task<bool> ClearAsync(string grain, string name, string? etag, CancellationToken cancellationToken);
}
