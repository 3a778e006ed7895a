using ExecutionGrains.Testing;
using Xunit;

[assembly: AssemblyFixture(typeof(PostgresRun))]
