using Orleans;

namespace ExecutionGrains.OrleansTables.Tests;

/// <summary>A grain with a state and a reminder.</summary>
[Alias("tests.note")]
public interface INoteGrain : IGrainWithStringKey
{
    [Alias("add")]
    Task<int> Add();

    [Alias("clear")]
    Task Clear();

    [Alias("remind")]
    Task Remind();

    [Alias("forget")]
    Task Forget();
}
