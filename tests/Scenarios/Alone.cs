namespace ExecutionGrains.Scenarios;

/// <summary>Tests that nothing else of the process may run beside: they listen to all of it, or weigh its memory.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
