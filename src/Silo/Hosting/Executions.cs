using ExecutionGrains.GrainInterfaces;

namespace ExecutionGrains.Silo.Hosting;

/// <summary>The grain of an execution, by its id.</summary>
public delegate IExecutionGrain Executions(string executionId);
