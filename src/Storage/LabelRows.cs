namespace ExecutionGrains.Storage;

/// <summary>What an execution is found by in execution_labels: its labels, and its parent beside them.</summary>
internal static class LabelRows
{
    /// <summary>Null where there are none.</summary>
    public static IReadOnlyDictionary<string, string>? Of(ExecutionFacts facts) => facts.ParentExecutionId is not { } parent
        ? facts.Labels
        : new Dictionary<string, string>(facts.Labels ?? [], StringComparer.Ordinal) { [ListFilter.ParentLabel] = parent };
}
