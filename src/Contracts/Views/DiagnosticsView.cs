namespace ExecutionGrains.Views;

/// <summary>Where the execution got to, and how its end was written.</summary>
/// <param name="LastStartedBlock">The block that started last in the current epoch. Null before any did.</param>
/// <param name="LastCompletedBlock">The block that completed last in the current epoch. Null before any did.</param>
/// <param name="FinalizationPath">How the end was written. Null while the execution has neither ended nor paused.</param>
/// <param name="CompletionFailure">Why the store refused the full final record, so that one without payloads was written. Null if it did not.</param>
/// <param name="HasTraceSpans">Whether the worker reported trace spans: <c>traceSpanCount</c> is above 0.</param>
/// <param name="TraceSpanCount">Trace spans that the worker counted. Null if it gave no number.</param>
public sealed record DiagnosticsView(
    StartedMarkerView? LastStartedBlock,
    CompletedMarkerView? LastCompletedBlock,
    FinalizationPath? FinalizationPath,
    string? CompletionFailure,
    bool HasTraceSpans,
    int? TraceSpanCount);
