namespace ExecutionGrains.Views;

/// <summary>How much there is of what. Steps are the current epoch's, the rest the execution's.</summary>
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
