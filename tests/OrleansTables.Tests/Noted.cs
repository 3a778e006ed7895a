using Orleans;

namespace ExecutionGrains.OrleansTables.Tests;

[GenerateSerializer]
[Alias("tests.note.state")]
public sealed class Noted
{
    [Id(0)]
    public int Count { get; set; }
}
