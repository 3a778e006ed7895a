namespace ExecutionGrains.Views;

/// <summary>Counts of one execution. Steps and log lines are counted in the current epoch, all others over all epochs.</summary>
/// <param name="Steps">Steps of the current epoch.</param>
/// <param name="OpenSteps">Steps that have started and not ended.</param>
/// <param name="FailedSteps">Steps that ended as <c>failed</c>, <c>crashed</c>, <c>killed</c> or <c>exception</c>.</param>
/// <param name="Logs">Log lines of the current epoch.</param>
/// <param name="ErrorLogs">Log lines of level <c>error</c>.</param>
/// <param name="Late">Events that arrived after the end.</param>
/// <param name="Evidence">Late events that are kept, at most 100.</param>
/// <param name="Rejected">Events that were rejected, including repetitions.</param>
/// <param name="Rejections">Rejections that are kept, at most 100: one per code, epoch and event id.</param>
/// <param name="History">Rows of the history.</param>
/// <param name="Attempts">Epochs that have started.</param>
public sealed record CountsView(
    int Steps,
    int OpenSteps,
    int FailedSteps,
    long Logs,
    long ErrorLogs,
    long Late,
    int Evidence,
    long Rejected,
    int Rejections,
    long History,
    int Attempts);
