using ExecutionGrains.Testing;
using Xunit.Sdk;
using Xunit.v3;

[assembly: AssemblyFixture(typeof(PostgresRun))]

// Clusters of three silos each: one at a time leaves them the cores.
[assembly: Parallelization(Mode = ParallelMode.None)]
