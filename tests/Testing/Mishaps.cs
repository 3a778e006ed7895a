using ExecutionGrains.Storage;

namespace ExecutionGrains.Testing;

/// <summary>Counts the calls of a store, and lets one of them go wrong.</summary>
public sealed class Mishaps
{
    private readonly Lock gate = new();
    private readonly List<string> calls = [];
    private readonly TaskCompletionSource hung = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private (int At, Mishap Kind)? planned;

    /// <summary>What was called so far, since <see cref="Plan"/>.</summary>
    public IReadOnlyList<string> Calls
    {
        get
        {
            lock (gate)
            {
                return [.. calls];
            }
        }
    }

    /// <summary>Whether the planned one has come.</summary>
    public bool HasHappened { get; private set; }

    /// <summary>Done when a call hangs, or its answer does.</summary>
    public Task Hung => hung.Task;

    /// <summary>From here on calls are counted, from 1.</summary>
    /// <param name="at">The call that goes wrong; null: none does.</param>
    public void Plan(int? at, Mishap kind)
    {
        lock (gate)
        {
            calls.Clear();
            planned = at is { } n ? (n, kind) : null;
        }
    }

    /// <summary>The call that hangs comes to its end.</summary>
    public void Release() => released.TrySetResult();

    /// <param name="conflict">What it would answer had somebody else written first; null: that cannot be.</param>
    /// <param name="refusal">What it would answer had the store refused the content; null: it refuses none.</param>
    internal async Task<T> Call<T>(string name, bool writes, Func<Task<T>> call, Func<T>? conflict = null, Func<T>? refusal = null)
    {
        switch (Next(name))
        {
            case Mishap.FailsBefore:
                throw new StoreException(name, "it is away", transient: true);
            case Mishap.AnswerLost:
                await call();
                throw Lost(name, writes);
            case Mishap.HangsAndFails:
                hung.TrySetResult();
                await released.Task;
                throw Lost(name, writes);
            case Mishap.HangsAndSucceeds:
                hung.TrySetResult();
                await released.Task;
                return await call();
            case Mishap.AnswersLate:
                var answer = await call();
                hung.TrySetResult();
                await released.Task;
                return answer;
            case Mishap.Conflicts when conflict is not null:
                return conflict();
            case Mishap.Refuses when refusal is not null:
                return refusal();
            default:
                return await call();
        }
    }

    private static StoreException Lost(string name, bool writes) => new(name, "the answer got lost", transient: true) { Uncertain = writes };

    private Mishap? Next(string name)
    {
        lock (gate)
        {
            calls.Add(name);
            var happens = planned is { } plan && calls.Count == plan.At;
            HasHappened |= happens;
            return happens ? planned!.Value.Kind : null;
        }
    }
}
