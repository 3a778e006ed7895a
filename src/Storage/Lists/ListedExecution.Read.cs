using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ExecutionGrains.Storage.Serialization;

namespace ExecutionGrains.Storage.Lists;

/// <content>
/// Reads the listed fields directly from the stored state. Deserializing the whole state takes more than twice as long, and a page has fifty.
/// </content>
public sealed partial record ListedExecution
{
    private static readonly Member[] Facts = Of(StateJson.Default.ExecutionFacts, new()
    {
        ["workflow"] = (ref json, to, texts) => to.Workflow = json.Text(texts),
        ["triggerType"] = (ref json, to, texts) => to.TriggerType = json.Text(texts),
        ["triggeredBy"] = (ref json, to, texts) => to.TriggeredBy = json.Text(texts),
        ["labels"] = (ref json, to, texts) => to.Labels = Texts(ref json, texts),
        ["configVersion"] = (ref json, to, texts) => to.ConfigVersion = json.Text(texts),
    });

    private static readonly Member[] Worker = Of(StateJson.Default.Worker, new() { ["workerId"] = (ref json, to, texts) => to.WorkerId = json.Text(texts) });

    private static readonly Member[] LastStarted = Of(
        StateJson.Default.BlockMarker, new() { ["block"] = (ref json, to, texts) => to.LastStartedBlock = json.Text(texts) });

    private static readonly Member[] LastCompleted = Of(
        StateJson.Default.BlockMarker, new() { ["block"] = (ref json, to, texts) => to.LastCompletedBlock = json.Text(texts) });

    private static readonly Member[] State = Of(StateJson.Default.ExecutionState, new()
    {
        ["id"] = (ref json, to, texts) => to.Id = new(json.Text()),
        ["namespace"] = (ref json, to, texts) => to.Namespace = json.Text(texts),
        ["facts"] = (ref json, to, texts) => Members(ref json, Facts, to, texts),
        ["createdBy"] = (ref json, to, texts) => to.CreatedBy = json.Text(texts),
        ["createdAt"] = (ref json, to, texts) => to.CreatedAt = Time(ref json),
        ["status"] = (ref json, to, texts) => to.Status = Word<ExecutionStatus>(ref json),
        ["version"] = (ref json, to, texts) => to.Version = json.Number(),
        ["epoch"] = (ref json, to, texts) => to.Epoch = (int)json.Number(),
        ["worker"] = (ref json, to, texts) => Members(ref json, Worker, to, texts),
        ["startedAt"] = (ref json, to, texts) => to.StartedAt = Time(ref json),
        ["trackerStartedAt"] = (ref json, to, texts) => to.TrackerStartedAt = Time(ref json),
        ["endedAt"] = (ref json, to, texts) => to.EndedAt = Time(ref json),
        ["trackerEndedAt"] = (ref json, to, texts) => to.TrackerEndedAt = Time(ref json),
        ["cause"] = (ref json, to, texts) => to.Cause = Word<Cause>(ref json),
        ["path"] = (ref json, to, texts) => to.Path = Word<FinalizationPath>(ref json),
        ["lastContactAt"] = (ref json, to, texts) => to.LastContactAt = Time(ref json),
        ["leaseExpiresAt"] = (ref json, to, texts) => to.LeaseExpiresAt = Time(ref json),
        ["lastStarted"] = (ref json, to, texts) => Members(ref json, LastStarted, to, texts),
        ["lastCompleted"] = (ref json, to, texts) => Members(ref json, LastCompleted, to, texts),
        ["stepCount"] = (ref json, to, texts) => to.stepCount = (int)json.Number(),
        ["openStepCount"] = (ref json, to, texts) => to.OpenStepCount = (int)json.Number(),
        ["failedStepCount"] = (ref json, to, texts) => to.FailedStepCount = (int)json.Number(),
        ["stepCost"] = (ref json, to, texts) => to.stepCost = json.Amount(),
        ["totalCost"] = (ref json, to, texts) => to.totalCost = json.Amount(),
        ["lateCount"] = (ref json, to, texts) => to.LateCount = json.Number(),
        ["resolution"] = (ref json, to, texts) => to.Resolution = JsonSerializer.Deserialize(json.Value(), StateJson.Default.ResolutionRecord),
        ["progress"] = (ref json, to, texts) => to.Progress = JsonSerializer.Deserialize(json.Value(), StateJson.Default.Progress),
    });

    private delegate void Reading(ref JsonScan json, ListedExecution to, TextPool texts);

    /// <summary>Returns the same as <see cref="Of(Rules.ExecutionState)"/> of the whole state.</summary>
    /// <param name="texts">Shared by the states of a page.</param>
    /// <exception cref="JsonException">The text is not a valid state.</exception>
    internal static ListedExecution Read(ReadOnlySpan<byte> state, TextPool texts)
    {
        var json = new JsonScan(state);
        var listed = new ListedExecution();
        Members(ref json, State, listed, texts);
        return listed;
    }

    /// <summary>
    /// All members of a type, in the order in which the serializer writes them. In this order each is found at once; other orders work but are slower.
    /// </summary>
    /// <param name="shown">The readers of the members that lists show.</param>
    private static Member[] Of(JsonTypeInfo written, Dictionary<string, Reading> shown) =>
        [.. written.Properties.Select(p => new Member(p.Name, shown.GetValueOrDefault(p.Name)))];

    private static void Members(ref JsonScan json, Member[] members, ListedExecution to, TextPool texts)
    {
        var next = 0;
        while (json.Next())
        {
            if ((Written(ref json, members, ref next) ?? Named(members, json.Name()))?.Read is not { } read)
            {
                json.Value();
            }
            else if (!json.IsNull())
            {
                read(ref json, to, texts);
            }
        }
    }

    /// <summary>Consumes the member's name if it is a known one in the serializer's form. Tries the member after the last one first.</summary>
    /// <param name="next">Where to start; set to the member after the one found.</param>
    private static Member? Written(ref JsonScan json, Member[] members, ref int next)
    {
        for (var i = 0; i < members.Length; i++)
        {
            var member = members[next];
            next = next + 1 == members.Length ? 0 : next + 1;
            if (json.Is(member.Written, member.Second))
            {
                return member;
            }
        }

        return null;
    }

    private static Member? Named(Member[] members, ReadOnlySpan<byte> name)
    {
        foreach (var member in members)
        {
            if (name.SequenceEqual(member.Written.AsSpan()[1..^2]))
            {
                return member;
            }
        }

        return null;
    }

    private static DateTimeOffset Time(ref JsonScan json) => UnixMicroseconds.ToTime(json.Number());

    private static T Word<T>(ref JsonScan json) where T : struct, Enum
    {
        var word = json.Word();
        foreach (var (known, value) in Utf8<T>.Words)
        {
            if (word.SequenceEqual(known))
            {
                return value;
            }
        }

        throw new JsonException($"«{JsonScan.Plain(word)}» is not a valid {typeof(T).Name}.");
    }

    private static Dictionary<string, string> Texts(ref JsonScan json, TextPool pool)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        while (json.Next())
        {
            var key = pool.Get(json.Name());
            texts[key] = json.Text(pool);
        }

        return texts;
    }

    private sealed class Member(string name, Reading? read)
    {
        /// <summary>The name with its quotes and the colon.</summary>
        public byte[] Written { get; } = Encoding.UTF8.GetBytes($"\"{name}\":");

        public byte Second { get; } = (byte)name[0];

        /// <summary>Reads the value. Null: lists do not show it.</summary>
        public Reading? Read { get; } = read;
    }

    private static class Utf8<T> where T : struct, Enum
    {
        public static readonly (byte[] Word, T Value)[] Words = [.. Enum.GetValues<T>().Select(value => (Encoding.UTF8.GetBytes(value.Word()), value))];
    }
}
