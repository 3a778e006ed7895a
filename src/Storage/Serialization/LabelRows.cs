using ExecutionGrains.Rules;
using ExecutionGrains.Storage.Lists;

namespace ExecutionGrains.Storage.Serialization;

/// <summary>The rows of an execution in execution_labels: its labels, its parent and its earlier ended epochs. Lists search by them.</summary>
internal static class LabelRows
{
    /// <summary>The rows as key and value. Null: there are none.</summary>
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

    /// <summary>Whether the execution has, or may have, rows other than its labels.</summary>
    public static bool HasOthers(ExecutionState state) => state.Facts.ParentExecutionId is not null || state.Epochs.Count > 0;
}
