using System.Collections.Concurrent;

namespace ExecutionGrains.Embedded.Tests;

/// <summary>What a test and its grains share: gates, and notes of what happened.</summary>
public sealed class World
{
    private readonly ConcurrentDictionary<string, Gate> _gates = new();
    private int _failingActivations;

    public ConcurrentDictionary<string, int> Activations { get; } = new();

    public ConcurrentQueue<string> Notes { get; } = new();

    public List<int>? LastKept { get; set; }

    public Gate this[string name] => _gates.GetOrAdd(name, _ => new Gate());

    public void FailNextActivation() => _failingActivations++;

    public void Activating(string key)
    {
        Activations.AddOrUpdate(key, 1, (_, n) => n + 1);
        if (_failingActivations > 0)
        {
            _failingActivations--;
            throw new InvalidOperationException("no activation today");
        }
    }

    public sealed class Gate
    {
        private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Completes when a grain waits at the gate.</summary>
        public Task Entered => _entered.Task;

        public void Open() => _opened.TrySetResult();

        public Task Pass()
        {
            _entered.TrySetResult();
            return _opened.Task;
        }
    }
}
