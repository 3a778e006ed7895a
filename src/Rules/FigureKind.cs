namespace ExecutionGrains.Rules;

/// <summary>Figures beside the final statuses.</summary>
public enum FigureKind
{
    Resolution,
    LateAfterLost,
}
