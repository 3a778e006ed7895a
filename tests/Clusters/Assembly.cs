using ExecutionGrains.Testing;
using Xunit.Sdk;
using Xunit.v3;

[assembly: AssemblyFixture(typeof(PostgresRun))]

// Each test class runs clusters of three silos, so the classes run one at a time.
[assembly: Parallelization(Mode = ParallelMode.None)]
