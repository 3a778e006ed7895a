namespace ExecutionGrains.Client.Tests.Simulation;

/// <summary>A guarantee of the SDK did not hold in a simulated run.</summary>
internal sealed class BrokenPromiseException(string message) : Exception(message);
