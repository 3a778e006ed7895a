namespace ExecutionGrains.Client.Tests.Simulation;

/// <summary>What the SDK promises did not hold in a run of the simulation.</summary>
internal sealed class BrokenPromiseException(string message) : Exception(message);
