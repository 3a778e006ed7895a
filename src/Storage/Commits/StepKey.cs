namespace ExecutionGrains.Storage.Commits;

/// <summary>Identifies a step within its execution.</summary>
public readonly record struct StepKey(int Epoch, string StepId);
