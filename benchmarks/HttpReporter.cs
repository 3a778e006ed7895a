using System.Buffers;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace ExecutionGrains.Bench;

/// <summary>Simulates an executor service without the SDK: reports the events of one execution as JSON over HTTP.</summary>
internal sealed class HttpReporter(HttpClient http, string id)
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");
    private static readonly byte[] Applied = "\"result\":\"applied\""u8.ToArray();

    private readonly Uri _events = new($"/v1/executions/{id}/events", UriKind.Relative);
    private readonly StepEventGenerator _steps = new(id);
    private readonly ArrayBufferWriter<byte> _body = new(1 << 15);
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Creates and starts the execution.</summary>
    public async Task BeginAsync()
    {
        var body = $$"""{ "executionId": "{{id}}", "workflow": "nightly-etl", "start": { "workerId": "worker-1", "incarnation": "1" } }""";
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync(new Uri("/v1/executions", UriKind.Relative), content);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Reports the next events in one request, and throws unless every one is applied. Concurrent calls are sent one after the other.</summary>
    public async Task ReportAsync(int count)
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            await SendAsync(count).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task SendAsync(int count)
    {
        _body.ResetWrittenCount();
        Write(_steps.Next(count));
        using var content = new ReadOnlyMemoryContent(_body.WrittenMemory) { Headers = { ContentType = Json } };
        using var answer = await http.PostAsync(_events, content).ConfigureAwait(false);
        var said = await answer.Content.ReadAsByteArrayAsync().ConfigureAwait(false);
        if (!answer.IsSuccessStatusCode || said.AsSpan().Count(Applied) != count)
        {
            throw new InvalidOperationException($"Not applied: {(int)answer.StatusCode} {Encoding.UTF8.GetString(said)}");
        }
    }

    private void Write(ExecutionEvent[] events)
    {
        using var json = new Utf8JsonWriter(_body);
        json.WriteStartObject();
        json.WriteNumber("epoch"u8, 1);
        json.WriteStartArray("events"u8);
        foreach (var e in events)
        {
            json.WriteStartObject();
            json.WriteString("eventId"u8, e.EventId);
            if (e is ExecutionEvent.StepStarted start)
            {
                json.WriteString("type"u8, "step.started"u8);
                json.WriteString("stepId"u8, start.StepId);
                json.WriteString("block"u8, start.Block);
                json.WriteString("blockType"u8, start.BlockType);
                json.WriteString("parentStepId"u8, start.ParentStepId);
            }
            else if (e is ExecutionEvent.StepCompleted end)
            {
                json.WriteString("type"u8, "step.completed"u8);
                json.WriteString("stepId"u8, end.StepId);
                json.WriteString("outcome"u8, "success"u8);
                json.WriteNumber("cost"u8, 0.25m);
                json.WriteNumber("memoryBytes"u8, 1 << 20);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
