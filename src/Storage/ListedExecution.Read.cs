using System.Text;
using System.Text.Json;

namespace ExecutionGrains.Storage;

/// <content>Out of the stored state, without making one: that takes more than twice as long, and a page has fifty.</content>
public sealed partial record ListedExecution
{
    private static readonly Member[] Facts =
    [
        new("workflow", (ref json, to) => to.Workflow = json.GetString()!),
        new("triggerType", (ref json, to) => to.TriggerType = json.GetString()),
        new("triggeredBy", (ref json, to) => to.TriggeredBy = json.GetString()),
        new("labels", (ref json, to) => to.Labels = Texts(ref json)),
        new("configVersion", (ref json, to) => to.ConfigVersion = json.GetString()),
    ];

    private static readonly Member[] Worker = [new("workerId", (ref json, to) => to.WorkerId = json.GetString())];

    private static readonly Member[] LastStarted = [new("block", (ref json, to) => to.LastStartedBlock = json.GetString())];

    private static readonly Member[] LastCompleted = [new("block", (ref json, to) => to.LastCompletedBlock = json.GetString())];

    /// <summary>In the order in which they are written, in which they are found at once; in any other they are found as well.</summary>
    private static readonly Member[] State =
    [
        new("id", (ref json, to) => to.Id = new(json.GetString()!)),
        new("namespace", (ref json, to) => to.Namespace = json.GetString()!),
        new("facts", (ref json, to) => Members(ref json, Facts, to)),
        new("createdBy", (ref json, to) => to.CreatedBy = json.GetString()!),
        new("createdAt", (ref json, to) => to.CreatedAt = Time(ref json)),
        new("status", (ref json, to) => to.Status = Word<ExecutionStatus>(ref json)),
        new("version", (ref json, to) => to.Version = json.GetInt64()),
        new("epoch", (ref json, to) => to.Epoch = json.GetInt32()),
        new("worker", (ref json, to) => Members(ref json, Worker, to)),
        new("startedAt", (ref json, to) => to.StartedAt = Time(ref json)),
        new("trackerStartedAt", (ref json, to) => to.TrackerStartedAt = Time(ref json)),
        new("endedAt", (ref json, to) => to.EndedAt = Time(ref json)),
        new("trackerEndedAt", (ref json, to) => to.TrackerEndedAt = Time(ref json)),
        new("cause", (ref json, to) => to.Cause = Word<Cause>(ref json)),
        new("path", (ref json, to) => to.Path = Word<FinalizationPath>(ref json)),
        new("lastContactAt", (ref json, to) => to.LastContactAt = Time(ref json)),
        new("leaseExpiresAt", (ref json, to) => to.LeaseExpiresAt = Time(ref json)),
        new("lastStarted", (ref json, to) => Members(ref json, LastStarted, to)),
        new("lastCompleted", (ref json, to) => Members(ref json, LastCompleted, to)),
        new("stepCount", (ref json, to) => to.stepCount = json.GetInt32()),
        new("openStepCount", (ref json, to) => to.OpenStepCount = json.GetInt32()),
        new("failedStepCount", (ref json, to) => to.FailedStepCount = json.GetInt32()),
        new("stepCost", (ref json, to) => to.stepCost = json.GetDecimal()),
        new("totalCost", (ref json, to) => to.totalCost = json.GetDecimal()),
        new("lateCount", (ref json, to) => to.LateCount = json.GetInt64()),
        new("resolution", (ref json, to) => to.Resolution = JsonSerializer.Deserialize(ref json, StateJson.Default.Resolved)),
        new("progress", (ref json, to) => to.Progress = JsonSerializer.Deserialize(ref json, StateJson.Default.Progress)),
    ];

    private delegate void Reading(ref Utf8JsonReader json, ListedExecution to);

    /// <summary>The same as <see cref="Of"/> of the whole state.</summary>
    /// <exception cref="JsonException">It is no state.</exception>
    internal static ListedExecution Read(ReadOnlySpan<byte> state)
    {
        var json = new Utf8JsonReader(state);
        var listed = new ListedExecution();
        json.Read();
        Members(ref json, State, listed);
        return listed;
    }

    private static void Members(ref Utf8JsonReader json, Member[] members, ListedExecution to)
    {
        var next = 0;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var found = Find(members, json.ValueSpan, ref next);
            json.Read();
            if (found is null)
            {
                json.Skip();
            }
            else if (json.TokenType != JsonTokenType.Null)
            {
                found.Read(ref json, to);
            }
        }
    }

    /// <param name="next">Where to look first.</param>
    private static Member? Find(Member[] members, ReadOnlySpan<byte> name, ref int next)
    {
        for (var i = 0; i < members.Length; i++)
        {
            var member = members[next];
            next = next + 1 == members.Length ? 0 : next + 1;
            if (name.SequenceEqual(member.Name))
            {
                return member;
            }
        }

        return null;
    }

    private static DateTimeOffset Time(ref Utf8JsonReader json) => Micros.ToTime(json.GetInt64());

    private static T Word<T>(ref Utf8JsonReader json) where T : struct, Enum
    {
        foreach (var (word, value) in Utf8<T>.Words)
        {
            if (json.ValueTextEquals(word))
            {
                return value;
            }
        }

        throw new JsonException($"«{json.GetString()}» is no {typeof(T).Name}.");
    }

    private static Dictionary<string, string> Texts(ref Utf8JsonReader json)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var key = json.GetString()!;
            json.Read();
            texts[key] = json.GetString()!;
        }

        return texts;
    }

    private sealed class Member(string name, Reading read)
    {
        public byte[] Name { get; } = Encoding.UTF8.GetBytes(name);

        public Reading Read { get; } = read;
    }

    private static class Utf8<T> where T : struct, Enum
    {
        public static readonly (byte[] Word, T Value)[] Words = [.. Enum.GetValues<T>().Select(value => (Encoding.UTF8.GetBytes(value.Word()), value))];
    }
}
