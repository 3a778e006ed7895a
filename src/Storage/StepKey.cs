namespace ExecutionGrains.Storage;

/// <summary>Identifies a step within its execution.</summary>
public readonly record struct StepKey(int Epoch, string StepId);
