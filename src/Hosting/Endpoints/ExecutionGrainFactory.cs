using ExecutionGrains.GrainInterfaces;

namespace ExecutionGrains.Hosting.Endpoints;

/// <summary>Returns the grain of the execution with this id.</summary>
public delegate IExecutionGrain ExecutionGrainFactory(string executionId);
