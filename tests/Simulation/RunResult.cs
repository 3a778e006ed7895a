namespace ExecutionGrains.Simulation;

/// <summary>The result of a run.</summary>
/// <param name="Failure">The broken promise; null: all were kept.</param>
/// <param name="TraceHash">Equal for equal runs.</param>
/// <param name="Lines">The lines of the trace, if it was kept.</param>
/// <param name="Faults">How often each kind of fault was injected, by kind.</param>
/// <param name="AnswerCount">Number of answered events.</param>
/// <param name="ExecutionCount">Number of executions that became known.</param>
/// <param name="Simulated">Simulated time that passed.</param>
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
