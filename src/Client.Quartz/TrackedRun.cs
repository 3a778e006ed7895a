namespace ExecutionGrains.Client.Quartz;

/// <summary>The execution and the step that track a job run.</summary>
/// <param name="CancellationRegistration">Interrupts the job when the execution is to stop.</param>
internal sealed record TrackedRun(ExecutionHandle Execution, StepHandle Step, CancellationTokenRegistration CancellationRegistration);
