namespace ExecutionGrains.Views;

/// <summary>Where an execution got to and how its end was written.</summary>
public sealed record DiagnosticsView(
    StartedMarkerView? LastStartedBlock,
    CompletedMarkerView? LastCompletedBlock,
    FinalizationPath? FinalizationPath,
    string? CompletionFailure,
    bool HasTraceSpans,
    int? TraceSpanCount);
