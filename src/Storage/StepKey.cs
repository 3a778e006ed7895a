namespace ExecutionGrains.Storage;

/// <summary>Names a step within its execution.</summary>
public readonly record struct StepKey(int Epoch, string StepId);
