using ExecutionGrains.Rules;
using ExecutionGrains.Storage.Lists;
using ExecutionGrains.Storage.Pages;
using ExecutionGrains.Storage.Stats;

namespace ExecutionGrains.Storage;

/// <summary>Read access for the API. Cursors are opaque. A cursor of another query throws <see cref="ArgumentException"/>.</summary>
public interface IExecutionReads
{
    /// <summary>
    /// Lists executions in the order of the filter, newest or longest first, then by id. Examines at most 20,000 rows, so a page may be short and still have a
    /// cursor.
    /// </summary>
    Task<Page<ListedExecution>> ListAsync(ExecutionFilter filter, int limit, string? cursor, CancellationToken cancel);

    /// <summary>Lists steps by sequence. With a selective filter, a page examines at most 20,000 steps, so it may be short and still have a cursor.</summary>
    Task<Page<StepRow>> StepsAsync(ExecutionState execution, StepFilter filter, int limit, string? cursor, CancellationToken cancel);

    Task<Page<Effect.Log>> LogsAsync(ExecutionState execution, LogFilter filter, int limit, string? cursor, CancellationToken cancel);

    /// <summary>Lists the history by sequence.</summary>
    Task<Page<Effect.History>> HistoryAsync(ExecutionState execution, bool newestFirst, int limit, string? cursor, CancellationToken cancel);

    /// <summary>Lists at most 100 rows, oldest first.</summary>
    Task<IReadOnlyList<Effect.Evidence>> EvidenceAsync(ExecutionState execution, CancellationToken cancel);

    /// <summary>Lists at most 100 rows, oldest first.</summary>
    Task<IReadOnlyList<RejectionRow>> RejectionsAsync(ExecutionState execution, CancellationToken cancel);

    /// <summary>The final output and error of an epoch. Null: none was stored.</summary>
    Task<Effect.FinalPayload?> FinalPayloadAsync(ExecutionState execution, int epoch, CancellationToken cancel);

    /// <summary>Lists the running executions that were created first, by creation, then by id. Namespaces null: all.</summary>
    Task<IReadOnlyList<ListedExecution>> OldestRunningAsync(
        string? workflow, IReadOnlyList<string>? namespaces, int limit, CancellationToken cancel);

    /// <summary>Reads figures from counters; executions are never scanned. Namespaces null: all.</summary>
    Task<Figures> FiguresAsync(DateTimeOffset from, DateTimeOffset to, string? workflow, IReadOnlyList<string>? namespaces, CancellationToken cancel);
}
