using Xunit;

namespace ExecutionGrains.Faults;

/// <summary>Tests that use the cores and not only wait, one after the other, when nothing else runs.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}
