using System.Text.Json;
using ExecutionGrains.Rules;
using ExecutionGrains.Storage.Stats;

namespace ExecutionGrains.Storage.Serialization;

/// <summary>
/// Search data for the earlier ended epochs of an execution. The current epoch is searched by the columns of the execution's row. Nearly all executions have
/// no earlier epoch and need no search data here.
/// </summary>
internal static class EpochRows
{
    /// <summary>The label key of every execution with an earlier ended epoch. Cannot collide with a user's label: their keys contain no <c>=</c>.</summary>
    public const string Any = "=ended";

    public static string Of(ExecutionStatus status) => $"{Any}:{status.Word()}";

    public static string Of(Cause cause) => $"{Any}:cause:{cause.Word()}";

    /// <summary>The earlier epochs that ended with a final status. Figures count the same epochs.</summary>
    public static IEnumerable<EndedEpoch> Counted(ExecutionState state) =>
        state.Epochs.Count == 0 ? [] : state.Epochs.Where(epoch => epoch.Status >= ExecutionStatus.Succeeded);

    public static DateTimeOffset? EndOf(EndedEpoch epoch) => epoch.TrackerEndedAt ?? epoch.EndedAt;

    /// <summary>When the current epoch ended, by the tracker's clock. Null while it is live.</summary>
    public static DateTimeOffset? ClosedAt(ExecutionState state) => state.IsFinal ? state.TrackerEndedAt ?? state.EndedAt : null;

    /// <summary>Status, cause and end (unix microseconds) of each counted epoch, as JSON. Null: there are none.</summary>
    public static string? Text(ExecutionState state)
    {
        if (state.Epochs.Count == 0 || !Counted(state).Any())
        {
            return null;
        }

        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            foreach (var epoch in Counted(state))
            {
                json.WriteStartArray();
                json.WriteStringValue(epoch.Status!.Value.Word());
                json.WriteStringValue(epoch.Cause?.Word());
                json.WriteNumberValue(UnixMicroseconds.From(EndOf(epoch)) ?? 0);
                json.WriteEndArray();
            }

            json.WriteEndArray();
        }

        return System.Text.Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }
}
