using ExecutionGrains.Rules;

namespace ExecutionGrains.Storage;

/// <summary>What people look at. Cursors are opaque; a foreign one is an <see cref="ArgumentException"/>.</summary>
public interface IExecutionReads
{
    /// <summary>
    /// In the order of the filter, newest or longest first and then by id; examines at most 20,000 rows, so that a page may be short with a cursor set.
    /// </summary>
    Task<Page<ListedExecution>> ListAsync(ExecutionFilter filter, int limit, string? cursor, CancellationToken cancel);

    /// <summary>By sequence; of a narrow filter a page examines at most 20,000 steps, so that it may be short with a cursor set.</summary>
    Task<Page<StepRow>> StepsAsync(ExecutionState execution, StepFilter filter, int limit, string? cursor, CancellationToken cancel);

    Task<Page<Effect.Log>> LogsAsync(ExecutionState execution, LogFilter filter, int limit, string? cursor, CancellationToken cancel);

    /// <summary>By sequence.</summary>
    Task<Page<Effect.History>> HistoryAsync(ExecutionState execution, bool newestFirst, int limit, string? cursor, CancellationToken cancel);

    /// <summary>At most 100, oldest first.</summary>
    Task<IReadOnlyList<Effect.Evidence>> EvidenceAsync(ExecutionState execution, CancellationToken cancel);

    /// <summary>At most 100, oldest first.</summary>
    Task<IReadOnlyList<RejectionRow>> RejectionsAsync(ExecutionState execution, CancellationToken cancel);

    /// <summary>The final output and error of an epoch; null where none was stored.</summary>
    Task<Effect.FinalPayload?> FinalPayloadAsync(ExecutionState execution, int epoch, CancellationToken cancel);

    /// <summary>The running executions that exist longest, oldest first, by creation and then id. Namespaces null: all.</summary>
    Task<IReadOnlyList<ListedExecution>> OldestRunningAsync(
        string? workflow, IReadOnlyList<string>? namespaces, int limit, CancellationToken cancel);

    /// <summary>Figures from counters, never from a scan. Namespaces null: all.</summary>
    Task<Figures> FiguresAsync(DateTimeOffset from, DateTimeOffset to, string? workflow, IReadOnlyList<string>? namespaces, CancellationToken cancel);
}
