using Orleans.Concurrency;

namespace ExecutionGrains.Embedded.Tests;

public interface IProbe : IGrainWithStringKey
{
    Task Nothing();

    Task<int> Count();

    /// <summary>Says that it has begun and waits for the gate.</summary>
    Task<string> Hold(string gate);

    [AlwaysInterleave]
    Task<string> HoldBeside(string gate);

    [AlwaysInterleave]
    Task<int> CountBeside();

    Task<int> CountWithPauses(int steps);

    Task<bool> IsOnItsScheduler();

    Task Throw(string message);

    Task Leave();

    Task HoldAndLeave(string gate);

    Task<string> Key();

    Task<string> KeyThroughReference();

    Task<int> Activations();

    Task CallBack(IProbe other);

    Task CallSelf();

    ValueTask<int> Twice(int value);

    Task<bool> Keep(List<int> values);

    Task<bool> KeepImmutable([Immutable] List<int> values);

    Task<List<int>> Kept();
}
