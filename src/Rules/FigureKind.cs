namespace ExecutionGrains.Rules;

/// <summary>The statistics other than the counts by status and cause.</summary>
public enum FigureKind
{
    Resolution,

    /// <summary>Lost epochs for which at least one late event arrived.</summary>
    LateAfterLost,
}
