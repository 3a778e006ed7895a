using System.Text;
using ExecutionGrains.Embedded;
using ExecutionGrains.Storage;

namespace ExecutionGrains.Silo.Hosting;

/// <summary>Grain state of the embedded runtime, in the silo's store.</summary>
public sealed class StoredGrainStates(IGrainRecords store) : IGrainStateStore
{
    public async Task<GrainStateRow?> ReadAsync(string grain, string name, CancellationToken cancellationToken) =>
        await store.ReadGrainStateAsync(grain, name, cancellationToken).ConfigureAwait(false) is { } row
            ? new GrainStateRow(Encoding.UTF8.GetString(row.State), row.ETag)
            : null;

    public Task<string?> WriteAsync(string grain, string name, string json, string? etag, CancellationToken cancellationToken) =>
        store.WriteGrainStateAsync(grain, name, Encoding.UTF8.GetBytes(json), etag, cancellationToken);

    public Task<bool> ClearAsync(string grain, string name, string? etag, CancellationToken cancellationToken) =>
        store.ClearGrainStateAsync(grain, name, etag, cancellationToken);
}
