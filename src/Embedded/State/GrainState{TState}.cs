using System.Text.Json;
using Orleans.Runtime;
using Orleans.Storage;

namespace ExecutionGrains.Embedded;

/// <summary>One row of the state store as a grain sees it.</summary>
internal sealed class GrainState<TState>(IGrainStateStore store, string grain, string name) : IPersistentState<TState>, IGrainStateRecord
{
    public TState State { get; set; } = Activator.CreateInstance<TState>();

    public string? Etag { get; private set; }

    public bool RecordExists { get; private set; }

    public async Task ReadStateAsync()
    {
        var row = await store.ReadAsync(grain, name, CancellationToken.None);
        State = row is null ? Activator.CreateInstance<TState>() : JsonSerializer.Deserialize<TState>(row.Json)!;
        Etag = row?.Etag;
        RecordExists = row is not null;
    }

    public async Task WriteStateAsync()
    {
        var written = await store.WriteAsync(grain, name, JsonSerializer.Serialize(State), Etag, CancellationToken.None);
        Etag = written ?? throw Inconsistent();
        RecordExists = true;
    }

    public async Task ClearStateAsync()
    {
        if (!await store.ClearAsync(grain, name, Etag, CancellationToken.None))
        {
            throw Inconsistent();
        }

        State = Activator.CreateInstance<TState>();
        Etag = null;
        RecordExists = false;
    }

    private InconsistentStateException Inconsistent() =>
        new($"State {name} of grain {grain} has been written by another activation.", null, Etag);
}
