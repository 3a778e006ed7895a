using System.Text.Json;
using ExecutionGrains.Storage.Sqlite;
using Orleans.Runtime;
using Orleans.Storage;

namespace ExecutionGrains.Hosting.Store;

/// <summary>Orleans grain storage of a single silo: state as JSON in the store's SQLite file.</summary>
public sealed class SqliteGrainStorage(SqliteStore store) : IGrainStorage
{
    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var row = await store.ReadGrainStateAsync(grainId.ToString(), stateName, CancellationToken.None);
        grainState.RecordExists = row is not null;
        grainState.ETag = row?.ETag;
        grainState.State = row is { } found ? JsonSerializer.Deserialize<T>(found.State)! : Activator.CreateInstance<T>();
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(grainState.State);
        var written = await store.WriteGrainStateAsync(grainId.ToString(), stateName, bytes, grainState.ETag, CancellationToken.None);
        grainState.ETag = written ?? throw Inconsistent(stateName, grainId, grainState.ETag);
        grainState.RecordExists = true;
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (!await store.ClearGrainStateAsync(grainId.ToString(), stateName, grainState.ETag, CancellationToken.None))
        {
            throw Inconsistent(stateName, grainId, grainState.ETag);
        }

        grainState.State = Activator.CreateInstance<T>();
        grainState.ETag = null;
        grainState.RecordExists = false;
    }

    private static InconsistentStateException Inconsistent(string name, GrainId grain, string? etag) =>
        new($"State {name} of grain {grain} has been written by another activation.", null, etag);
}
