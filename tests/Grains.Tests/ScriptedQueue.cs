using ExecutionGrains.Storage.Commits;

namespace ExecutionGrains.Grains.Tests;

/// <summary>A commit queue that commits at once, or does what a test says.</summary>
internal sealed class ScriptedQueue(InMemory store) : ICommitQueue
{
    private TaskCompletionSource? _held;

    public List<Append> Submitted { get; } = [];

    /// <summary>Decides the outcome of an append; null: it is committed.</summary>
    public Func<Append, AppendOutcome?> Outcome { get; set; } = _ => null;

    /// <summary>Holds all outcomes back until <see cref="Release"/>.</summary>
    public void Hold() => _held = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Release()
    {
        var held = _held;
        _held = null;
        held!.SetResult();
    }

    public async Task<AppendOutcome> SubmitAsync(Append append)
    {
        Submitted.Add(append);
        if (_held is { } held)
        {
            await held.Task;
        }

        return Outcome(append) ?? Commit(append);
    }

    public AppendOutcome Commit(Append append) => store.Memory.Commit(append);
}
