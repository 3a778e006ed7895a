using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Unicode;
using ExecutionGrains.GrainInterfaces;
using ExecutionGrains.Hosting.Auth;
using ExecutionGrains.Hosting.Description;
using ExecutionGrains.Hosting.Http;
using ExecutionGrains.Hosting.Problems;
using ExecutionGrains.Hosting.Settings;
using ExecutionGrains.Rules;
using ExecutionGrains.Storage;
using ExecutionGrains.Views;

namespace ExecutionGrains.Hosting.Endpoints;

/// <summary>The endpoint for reporting events of many executions in one request, as a JSON array or as NDJSON.</summary>
public static class BatchEndpoints
{
    private const string Ndjson = "application/x-ndjson";

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/events", ReportAsync).WithName("reportManyEvents")
            .DescribesOperation(
                ApiTags.Report,
                "Report events of many executions",
                "Like reporting events of one execution, but each entry names its execution. The body is a JSON array, or NDJSON with one entry per line. "
                + "An entry that cannot be read is rejected with `malformed_line`; the other entries are processed. Requires an API key.")
            .ReadsHeaders(HeaderDocs.Trace)
            .RequireAccess(Role.Executor, own: true).AcceptsBody<AddressedEvent[]>("application/json", Ndjson).ReturnsJson<BatchView>().Problems(429, 503)
            .DescribesResponse(200, "Every entry was processed: `results` has one item per entry, in the same order.");

    private static async Task<IResult> ReportAsync(HttpContext http, ExecutionGrainFactory executions)
    {
        var bytes = await RequestBody.ReadAsync(http.Request).ConfigureAwait(false);
        var isLines = http.Request.ContentType?.StartsWith(Ndjson, StringComparison.OrdinalIgnoreCase) ?? false;
        var items = isLines ? Lines(bytes) : Entries(bytes);
        var answers = new BatchAnswerView[items.Count];
        var caller = Credential.Of(http).Caller(http.Request);
        var groups = Readable(items, answers).GroupBy(i => i.Item.ExecutionId!, StringComparer.Ordinal);
        var refusals = await Task.WhenAll(groups.Select(g => TryReportAsync(executions, g.Key, [.. g], caller, answers))).ConfigureAwait(false);
        return WholeRefusal(refusals, answers) ?? JsonResponse.Json(new BatchView(answers), ApiJson.Default.BatchView);
    }

    /// <summary>
    /// The problem for the whole request if no event was handled, because the commit queue was full or the store unavailable. Else null: each entry then has
    /// its own result.
    /// </summary>
    private static ProblemResult? WholeRefusal(Code?[] refusals, BatchAnswerView[] answers) =>
        refusals.Length > 0 && answers.All(a => a.Result == Result.Retry) && refusals[0] is { } code ? ProblemResult.Of(code, null) : null;

    /// <exception cref="RequestException">The body is not a JSON array, or it has more than 10,000 entries.</exception>
    internal static List<BatchEntry> Entries(ReadOnlyMemory<byte> bytes)
    {
        // Depth and encoding are checked per entry, so that one bad entry does not affect the others. The fast path parses a valid body only once.
        var isSound = RequestBody.TryParse(bytes, Limits.JsonDepthMax + 1, out var body) && Utf8.IsValid(bytes.Span);
        if (!isSound)
        {
            body?.Dispose();
            body = RequestBody.Parse(bytes, depthMax: Limits.RequestBytesMax);
        }

        using (body)
        {
            if (body!.RootElement.ValueKind != JsonValueKind.Array)
            {
                throw new RequestException(
                    ProblemCode.Malformed, "The body must be a JSON array of events, or NDJSON with the content type application/x-ndjson.");
            }

            var count = body.RootElement.GetArrayLength();
            return count > Limits.EventsInRequestMax ? throw TooMany()
                : isSound ? [.. body.RootElement.EnumerateArray().Select(BatchEntry.Read)]
                : [.. body.RootElement.EnumerateArray().Select(entry => Item(JsonMarshal.GetRawUtf8Value(entry).ToArray(), "the entry"))];
        }
    }

    /// <exception cref="RequestException">There are too many lines.</exception>
    internal static List<BatchEntry> Lines(ReadOnlyMemory<byte> bytes)
    {
        var items = new List<BatchEntry>();
        while (!bytes.IsEmpty)
        {
            var end = bytes.Span.IndexOf((byte)'\n');
            var line = end < 0 ? bytes : bytes[..end];
            bytes = end < 0 ? default : bytes[(end + 1)..];
            if (line.Span.Trim(" \t\r"u8).IsEmpty)
            {
                continue;
            }

            if (items.Count == Limits.EventsInRequestMax)
            {
                throw TooMany();
            }

            items.Add(Item(line, "the line"));
        }

        return items;
    }

    private static BatchEntry Item(ReadOnlyMemory<byte> json, string what)
    {
        if (!Utf8.IsValid(json.Span) || !RequestBody.TryParse(json, Limits.JsonDepthMax, out var body))
        {
            return BatchEntry.Malformed($"{what} is not JSON in UTF-8 of at most {Limits.JsonDepthMax} levels");
        }

        using (body)
        {
            return BatchEntry.Read(body.RootElement);
        }
    }

    private static List<(int Index, BatchEntry Item)> Readable(List<BatchEntry> items, BatchAnswerView[] answers)
    {
        var readable = new List<(int, BatchEntry)>(items.Count);
        for (var i = 0; i < items.Count; i++)
        {
            if (items[i].Fault is { } fault)
            {
                answers[i] = new BatchAnswerView(
                    items[i].ExecutionId, FieldValidation.EventId(items[i].Event.EventId), Result.Rejected, fault.Code, fault.ToString());
            }
            else
            {
                readable.Add((i, items[i]));
            }
        }

        return readable;
    }

    /// <summary>
    /// Reports the events of one execution. If its grain or the store cannot be reached, these events are answered <c>retry</c>; those of other executions
    /// are not affected.
    /// </summary>
    /// <returns>Why the grain refused the whole report; null: each event has its own result.</returns>
    private static async Task<Code?> TryReportAsync(
        ExecutionGrainFactory executions,
        string id,
        IReadOnlyList<(int Index, BatchEntry Item)> items,
        Caller caller,
        BatchAnswerView[] answers)
    {
        try
        {
            return await ReportOneAsync(executions, id, items, caller, answers).ConfigureAwait(false);
        }
        catch (Exception failure) when (GrainFaults.IsAway(failure) || failure is StoreException { Transient: true })
        {
            foreach (var (index, item) in items)
            {
                answers[index] = Refused(id, item.Event.EventId, Code.StoreUnavailable);
            }

            return Code.StoreUnavailable;
        }
    }

    private static async Task<Code?> ReportOneAsync(
        ExecutionGrainFactory executions,
        string id,
        IReadOnlyList<(int Index, BatchEntry Item)> items,
        Caller caller,
        BatchAnswerView[] answers)
    {
        var report = new EventReport(null, [.. items.Select(i => i.Item.Event)]) { Epochs = [.. items.Select(i => i.Item.Epoch)] };
        var answer = await executions(id).Report(report, caller).ConfigureAwait(false);
        for (var i = 0; i < items.Count; i++)
        {
            answers[items[i].Index] = answer.Refused is { } refused
                ? Refused(id, items[i].Item.Event.EventId, refused, refused == Code.Forbidden ? EndpointConventions.ForbiddenDetail(caller) : null)
                : Answered(id, answer.Results[i]);
        }

        return answer.Refused;
    }

    private static BatchAnswerView Answered(string id, EventAnswer answer) =>
        new(id, answer.EventId, answer.Result, answer.Code, answer.Message);

    private static BatchAnswerView Refused(string id, string? eventId, Code code, string? message = null) =>
        new(id, eventId, code is Code.Overloaded or Code.StoreUnavailable ? Result.Retry : Result.Rejected, code, message ?? ProblemCode.Title(code.Word()));

    private static RequestException TooMany() =>
        RequestBody.TooLarge($"The request has more than {Limits.EventsInRequestMax} events.");
}
