using System.Text;
using System.Text.Json;

namespace ExecutionGrains.Client.Tests.Simulation;

/// <summary>The tracker as the SDK sees it: reads requests of the HTTP contract, stores what they say, and answers.</summary>
internal sealed class SimulatedTracker(Func<DateTimeOffset> now)
{
    public SortedDictionary<string, Record> Records { get; } = new(StringComparer.Ordinal);

    public string Create(JsonElement body)
    {
        var id = body.GetProperty("executionId").GetString()!;
        if (!Records.TryGetValue(id, out var record))
        {
            var lease = TimeSpan.FromSeconds(body.GetProperty("heartbeatTimeoutSeconds").GetDouble());
            Records[id] = record = new Record(id, lease);
        }

        if (record.End is not null)
        {
            throw new BrokenPromiseException($"{id} is created again after its end");
        }

        record.LastContact = now();
        return $$"""{"executionId":"{{id}}","result":"applied","status":"running","version":{{++record.Version}},"epoch":1,"token":"run-{{id}}"}""";
    }

    /// <param name="unstored">The events that the store does not accept this time.</param>
    public string Report(string id, JsonElement body, Func<bool> unstored)
    {
        if (!Records.TryGetValue(id, out var record))
        {
            throw new BrokenPromiseException($"{id} has events before its create");
        }

        var isEnded = record.End is not null;
        StringBuilder results = new();
        foreach (var sent in body.GetProperty("events").EnumerateArray())
        {
            var eventId = sent.TryGetProperty("eventId", out var given) ? given.GetString() : null;
            var result = unstored() ? "retry" : Apply(record, sent, eventId);
            results.Append(results.Length == 0 ? "" : ",").Append(
                $$"""{"eventId":{{(eventId is null ? "null" : $"\"{eventId}\"")}},"result":"{{result}}","code":null}""");
            record.IsPartly |= result == "retry";
            if (result != "retry" && !isEnded)
            {
                record.LastContact = now();
            }
        }

        var control = $$"""{"cancelRequested":{{(record.CancelRequested ? "true" : "false")}},"cancelReason":null,"stop":false}""";
        return $$"""{"executionId":"{{id}}","status":"{{record.Status}}","version":{{++record.Version}},"epoch":"""
            + $$"""1,"control":{{control}},"results":[{{results}}]}""";
    }

    private static string Apply(Record record, JsonElement sent, string? eventId)
    {
        if (eventId is not null && !record.Ids.Add(eventId))
        {
            return "duplicate";
        }

        if (record.End is not null)
        {
            record.Late += eventId is null ? 0 : 1;
            return "late";
        }

        switch (sent.GetProperty("type").GetString())
        {
            case "log":
                record.Lines.Add(sent.GetProperty("message").GetString()!);
                break;
            case "step.started":
                record.StepsStarted++;
                break;
            case "step.completed":
                record.StepsCompleted++;
                break;
            case "execution.paused":
                record.Status = "paused";
                break;
            case "execution.resumed":
                record.Status = "running";
                break;
            case "execution.completed":
                record.End = sent.GetProperty("outcome").GetString();
                record.EndError = sent.TryGetProperty("error", out var error) ? error.GetProperty("message").GetString() : null;
                record.EndAt = sent.GetProperty("at").GetDateTimeOffset();
                record.Status = record.End == "success" ? "succeeded" : "failed";
                break;
        }

        return "applied";
    }

    /// <summary>The record of one execution.</summary>
    internal sealed class Record(string id, TimeSpan lease)
    {
        public string Id => id;

        public TimeSpan Lease => lease;

        public HashSet<string> Ids { get; } = [];

        public List<string> Lines { get; } = [];

        public string Status { get; set; } = "running";

        public string? End { get; set; }

        public string? EndError { get; set; }

        public DateTimeOffset EndAt { get; set; }

        public DateTimeOffset LastContact { get; set; }

        /// <summary>Whether some events of a request were not stored, so that later events arrived before them.</summary>
        public bool IsPartly { get; set; }

        public bool CancelRequested { get; set; }

        public int StepsStarted { get; set; }

        public int StepsCompleted { get; set; }

        public int Late { get; set; }

        public long Version { get; set; }
    }
}
