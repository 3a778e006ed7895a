using ExecutionGrains.Testing;

[assembly: AssemblyFixture(typeof(PostgresRun))]

// Clusters of three silos each, one at a time; beside them what waits for silos that do not answer.
[assembly: CollectionBehavior(MaxParallelThreads = 2)]
