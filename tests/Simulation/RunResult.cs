namespace ExecutionGrains.Simulation;

/// <summary>How a run went.</summary>
/// <param name="Failure">The broken promise; null: all were kept.</param>
/// <param name="TraceHash">Equal for equal runs.</param>
/// <param name="Lines">What happened, where the trace was kept.</param>
/// <param name="Faults">How often each kind of fault was injected, by kind.</param>
/// <param name="AnswerCount">Events that were answered.</param>
/// <param name="ExecutionCount">Executions that became known.</param>
/// <param name="Simulated">How much time went by in the simulation.</param>
public sealed record RunResult(
    int Seed,
    string? Failure,
    ulong TraceHash,
    IReadOnlyList<string> Lines,
    IReadOnlyList<long> Faults,
    long AnswerCount,
    int ExecutionCount,
    TimeSpan Simulated,
    long TaskCount);
