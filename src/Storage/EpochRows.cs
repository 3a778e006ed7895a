using System.Text.Json;
using ExecutionGrains.Rules;

namespace ExecutionGrains.Storage;

/// <summary>
/// What an execution's earlier ended epochs are found by. The current one is found by the columns of its row; nearly all executions have no other, and then
/// nothing is written here.
/// </summary>
internal static class EpochRows
{
    /// <summary>The label key of every execution with an earlier ended epoch. No label's own key holds <c>=</c>.</summary>
    public const string Any = "=ended";

    public static string Of(ExecutionStatus status) => $"{Any}:{status.Word()}";

    public static string Of(Cause cause) => $"{Any}:cause:{cause.Word()}";

    /// <summary>The earlier epochs that ended with a status, which are those that figures count.</summary>
    public static IEnumerable<EndedEpoch> Counted(ExecutionState state) =>
        state.Epochs.Count == 0 ? [] : state.Epochs.Where(epoch => epoch.Status >= ExecutionStatus.Succeeded);

    public static DateTimeOffset? EndOf(EndedEpoch epoch) => epoch.TrackerEndedAt ?? epoch.EndedAt;

    /// <summary>When the current epoch ended, by the tracker's time; null while it has not.</summary>
    public static DateTimeOffset? ClosedAt(ExecutionState state) => state.IsFinal ? state.TrackerEndedAt ?? state.EndedAt : null;

    /// <summary>Status, cause and end of each, as JSON; null where there are none.</summary>
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
                json.WriteNumberValue(Micros.From(EndOf(epoch)) ?? 0);
                json.WriteEndArray();
            }

            json.WriteEndArray();
        }

        return System.Text.Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }
}
