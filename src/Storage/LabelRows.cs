using ExecutionGrains.Rules;

namespace ExecutionGrains.Storage;

/// <summary>What an execution is found by in execution_labels: its labels, and beside them its parent and its earlier ended epochs.</summary>
internal static class LabelRows
{
    /// <summary>Null where there are none.</summary>
    public static IReadOnlyDictionary<string, string>? Of(ExecutionState state)
    {
        if (state.Facts.ParentExecutionId is null && state.Epochs.Count == 0)
        {
            return state.Facts.Labels;
        }

        var rows = new Dictionary<string, string>(state.Facts.Labels ?? [], StringComparer.Ordinal);
        if (state.Facts.ParentExecutionId is { } parent)
        {
            rows[ListFilter.ParentLabel] = parent;
        }

        foreach (var epoch in EpochRows.Counted(state))
        {
            rows[EpochRows.Any] = string.Empty;
            rows[EpochRows.Of(epoch.Status!.Value)] = string.Empty;
            if (epoch.Cause is { } cause)
            {
                rows[EpochRows.Of(cause)] = string.Empty;
            }
        }

        return rows;
    }

    /// <summary>Whether it has rows, or may have, that its labels do not tell of.</summary>
    public static bool HasOthers(ExecutionState state) => state.Facts.ParentExecutionId is not null || state.Epochs.Count > 0;
}
