using ExecutionGrains.Storage;

namespace ExecutionGrains.Testing;

/// <summary>Counts a store's calls and makes one of them fail.</summary>
public sealed class Mishaps
{
    private readonly Lock _gate = new();
    private readonly List<string> _calls = [];
    private readonly TaskCompletionSource _hung = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private (int At, Mishap Kind)? _planned;

    /// <summary>Names of the calls since <see cref="Plan"/>.</summary>
    public IReadOnlyList<string> Calls
    {
        get
        {
            lock (_gate)
            {
                return [.. _calls];
            }
        }
    }

    /// <summary>Whether the planned call was made.</summary>
    public bool HasHappened { get; private set; }

    /// <summary>Completes when the planned call hangs, or its answer does.</summary>
    public Task Hung => _hung.Task;

    /// <summary>Restarts the count of calls at 1.</summary>
    /// <param name="at">Number of the call that fails; null: none.</param>
    public void Plan(int? at, Mishap kind)
    {
        lock (_gate)
        {
            _calls.Clear();
            _planned = at is { } n ? (n, kind) : null;
        }
    }

    /// <summary>Ends the call that hangs.</summary>
    public void Release() => _released.TrySetResult();

    /// <param name="conflict">The answer of a conflict with another write; null: the call cannot conflict.</param>
    /// <param name="refusal">The answer of a refusal for content; null: the call is never refused.</param>
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
                _hung.TrySetResult();
                await _released.Task;
                throw Lost(name, writes);
            case Mishap.HangsAndSucceeds:
                _hung.TrySetResult();
                await _released.Task;
                return await call();
            case Mishap.AnswersLate:
                var answer = await call();
                _hung.TrySetResult();
                await _released.Task;
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
        lock (_gate)
        {
            _calls.Add(name);
            var happens = _planned is { } plan && _calls.Count == plan.At;
            HasHappened |= happens;
            return happens ? _planned!.Value.Kind : null;
        }
    }
}
