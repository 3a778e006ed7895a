namespace ExecutionGrains.Scenarios;

/// <summary>Tests that must not run beside others in the process, because they listen to all of it or measure its memory.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
