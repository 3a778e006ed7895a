using Orleans.Runtime;
using Orleans.Storage;

namespace ExecutionGrains.Grains.Tests.Janitor;

/// <summary>The stored row that all activations of one janitor share.</summary>
internal sealed class StoredRow
{
    public JanitorRecord Record { get; set; } = new();

    public int Version { get; set; }
}

/// <summary>One activation's grain state on that row, guarded by its version. As in Orleans, the state is null until it is read.</summary>
internal sealed class StoredRecord(StoredRow row) : IPersistentState<JanitorRecord>
{
    private int _version;

    /// <summary>Whether writes fail without being written.</summary>
    public bool Refuses { get; set; }

    /// <summary>Number of writes to execute and then fail, as if their answers got lost.</summary>
    public int AnswersToLose { get; set; }

    /// <summary>Receives writes that got no answer and arrive later, when the test runs them. Null: writes arrive at once.</summary>
    public Queue<Action>? UnderWay { get; set; }

    public JanitorRecord State { get; set; } = null!;

    public string Etag => $"{_version}";

    public bool RecordExists => _version > 0;

    public Task ReadStateAsync()
    {
        (State, _version) = (row.Record, row.Version);
        return Task.CompletedTask;
    }

    public Task WriteStateAsync()
    {
        var (state, expected) = (State, _version);
        if (Refuses)
        {
            throw new InvalidOperationException("The store is away.");
        }

        if (UnderWay is { } later)
        {
            later.Enqueue(() => Write(state, expected));
            throw new TimeoutException("No answer.");
        }

        if (!Write(state, expected))
        {
            throw new InconsistentStateException("Another activation wrote first.");
        }

        if (AnswersToLose > 0)
        {
            AnswersToLose--;
            throw new TimeoutException("No answer.");
        }

        _version = row.Version;
        return Task.CompletedTask;
    }

    public Task ClearStateAsync() => throw new NotSupportedException();

    private bool Write(JanitorRecord state, int expected)
    {
        if (row.Version != expected)
        {
            return false;
        }

        (row.Record, row.Version) = (state, row.Version + 1);
        return true;
    }
}
