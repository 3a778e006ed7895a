namespace ExecutionGrains.Client.Quartz;

/// <summary>A job run and what it is tracked as.</summary>
internal sealed record TrackedRun(ExecutionHandle Execution, StepHandle Step, CancellationTokenRegistration Interruption);
