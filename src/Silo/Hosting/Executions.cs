using ExecutionGrains.GrainInterfaces;

namespace ExecutionGrains.Silo.Hosting;

/// <summary>Returns the grain of the execution with this id.</summary>
public delegate IExecutionGrain Executions(string executionId);
