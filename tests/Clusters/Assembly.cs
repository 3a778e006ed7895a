using ExecutionGrains.Testing;

[assembly: AssemblyFixture(typeof(PostgresRun))]

// Clusters of three silos each: one at a time leaves them the cores.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
