namespace ExecutionGrains.Simulation;

/// <summary>An event that was acknowledged as stored.</summary>
internal sealed record Promise(string Id, int Epoch, string Event, Result Result);
