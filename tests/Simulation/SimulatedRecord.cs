using ExecutionGrains.Grains;
using Orleans.Runtime;
using Orleans.Storage;

namespace ExecutionGrains.Simulation;

/// <summary>The stored record of one bucket's janitor: guarded by its version, over the same unreliable link to the store.</summary>
internal sealed class SimulatedRecord(int bucket, StoreLink link) : IPersistentState<JanitorRecord>
{
    private int _version;

    public JanitorRecord State { get; set; } = new();

    public string Etag => $"{_version}";

    public bool RecordExists => _version > 0;

    public async Task ReadStateAsync() => (State, _version) = await link.RecordAsync(bucket);

    public async Task WriteStateAsync()
    {
        if (!await link.WriteRecordAsync(bucket, State, _version))
        {
            throw new InconsistentStateException("Another activation wrote the record first.");
        }

        _version++;
    }

    public Task ClearStateAsync() => throw new NotSupportedException();
}
