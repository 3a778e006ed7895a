namespace ExecutionGrains.Views;

/// <summary>The last blocks of the execution, and how its end was written.</summary>
/// <param name="LastStartedBlock">The block that started last in the current epoch. Null if none has started.</param>
/// <param name="LastCompletedBlock">The block that completed last in the current epoch. Null if none has completed.</param>
/// <param name="FinalizationPath">How the end was written. Null while the execution has neither ended nor paused.</param>
/// <param name="CompletionFailure">Why the store refused the full final record, so that it was written without payloads. Null if it was not refused.</param>
/// <param name="HasTraceSpans">Whether the worker reported trace spans: <c>traceSpanCount</c> is above 0.</param>
/// <param name="TraceSpanCount">The number of trace spans that the worker reported. Null if it reported none.</param>
public sealed record DiagnosticsView(
    StartedMarkerView? LastStartedBlock,
    CompletedMarkerView? LastCompletedBlock,
    FinalizationPath? FinalizationPath,
    string? CompletionFailure,
    bool HasTraceSpans,
    int? TraceSpanCount);
