using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace ExecutionGrains.Client.Http;

/// <summary>Writes the JSON request bodies of the HTTP API.</summary>
internal static class RequestWriter
{
    public static ReadOnlyMemory<byte> Create(ExecutionId execution, CreateExecution create) => Write(json =>
    {
        json.WriteString("executionId", execution.Value);
        WriteFacts(json, create.Facts);
        if (create.Start is { } worker)
        {
            json.WriteStartObject("start");
            WriteWorker(json, worker);
            WriteTime(json, create.StartAt);
            json.WriteEndObject();
        }
    });

    public static ReadOnlyMemory<byte> Claim(Worker worker) => Write(json => WriteWorker(json, worker));

    public static ReadOnlyMemory<byte> Report(EventReport report) => Write(json =>
    {
        if (report.Epoch is { } epoch)
        {
            json.WriteNumber("epoch", epoch);
        }

        json.WriteStartArray("events");
        foreach (var reported in report.Events)
        {
            WriteEvent(json, reported);
        }

        json.WriteEndArray();
    });

    private static ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> body)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            body(json);
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    private static void WriteEvent(Utf8JsonWriter json, ExecutionEvent reported)
    {
        json.WriteStartObject();
        json.WriteText("eventId", reported.EventId);
        json.WriteString("type", reported.Type);
        WriteTime(json, reported.At);
        switch (reported)
        {
            case ExecutionEvent.ExecutionStarted started:
                WriteFacts(json, started.Facts);
                if (started.Worker is { } worker)
                {
                    WriteWorker(json, worker);
                }

                break;
            case ExecutionEvent.ExecutionPaused paused:
                json.WriteText("reason", paused.Reason);
                break;
            case ExecutionEvent.ExecutionResumed resumed:
                json.WriteText("reason", resumed.Reason);
                break;
            case ExecutionEvent.ExecutionCompleted end:
                WriteEnd(json, end);
                break;
            case ExecutionEvent.StepStarted step:
                WriteStep(json, step.StepId, step.Block, step.BlockType, step.ParentStepId, step.Input);
                break;
            case ExecutionEvent.StepCompleted step:
                WriteStep(json, step.StepId, step.Block, step.BlockType, step.ParentStepId, step.Input);
                WriteStepEnd(json, step);
                break;
            case ExecutionEvent.Log log:
                json.WriteString("message", log.Message);
                json.WriteString("level", log.Level.Word());
                json.WriteText("source", log.Source);
                json.WriteText("stepId", log.StepId);
                break;
            case ExecutionEvent.Heartbeat { Progress: { } progress }:
                WriteProgress(json, progress);
                break;
        }

        json.WriteEndObject();
    }

    private static void WriteFacts(Utf8JsonWriter json, ExecutionFacts facts)
    {
        json.WriteText("workflow", facts.Workflow);
        json.WriteText("namespace", facts.Namespace);
        if (facts.TriggerType is not null || facts.TriggeredBy is not null)
        {
            json.WriteStartObject("trigger");
            json.WriteText("type", facts.TriggerType);
            json.WriteText("by", facts.TriggeredBy);
            json.WriteEndObject();
        }

        json.WriteTexts("labels", facts.Labels);
        json.WriteText("configVersion", facts.ConfigVersion);
        json.WriteText("parentExecutionId", facts.ParentExecutionId);
        json.WriteFlag("explicitTrace", facts.ExplicitTrace);
        json.WriteText("traceparent", facts.Traceparent);
        if (facts.HeartbeatTimeoutSeconds == 0)
        {
            json.WriteNull("heartbeatTimeoutSeconds");
        }
        else
        {
            json.WriteNumber("heartbeatTimeoutSeconds", facts.HeartbeatTimeoutSeconds);
        }

        json.WriteNumber("timeoutSeconds", facts.TimeoutSeconds);
        json.WriteFlag("idempotent", facts.Idempotent);
        json.WriteNumber("maxAttempts", facts.MaxAttempts);
    }

    private static void WriteEnd(Utf8JsonWriter json, ExecutionEvent.ExecutionCompleted end)
    {
        json.WriteString("outcome", end.Outcome.Word());
        WriteJson(json, "output", end.Output);
        WriteJson(json, "error", end.Error);
        json.WriteNumber("cost", end.Cost);
        json.WriteNumber("traceSpanCount", end.TraceSpanCount);
        json.WriteText("workerId", end.WorkerId);
        WriteFacts(json, end.Facts);
    }

    private static void WriteStep(Utf8JsonWriter json, string stepId, string? block, string? blockType, string? parent, byte[]? input)
    {
        json.WriteString("stepId", stepId);
        json.WriteText("block", block);
        json.WriteText("blockType", blockType);
        json.WriteText("parentStepId", parent);
        WriteJson(json, "input", input);
    }

    private static void WriteStepEnd(Utf8JsonWriter json, ExecutionEvent.StepCompleted step)
    {
        json.WriteString("outcome", step.Outcome.Word());
        WriteJson(json, "output", step.Output);
        WriteJson(json, "error", step.Error);
        json.WriteNumber("cost", step.Cost);
        json.WriteNumber("memoryBytes", step.MemoryBytes);
    }

    private static void WriteProgress(Utf8JsonWriter json, Progress progress)
    {
        json.WriteStartObject("progress");
        if (progress.Percent is { } percent)
        {
            json.WriteNumber("percent", percent);
        }

        json.WriteText("message", progress.Message);
        json.WriteEndObject();
    }

    private static void WriteWorker(Utf8JsonWriter json, Worker worker)
    {
        json.WriteString("workerId", worker.WorkerId);
        json.WriteText("incarnation", worker.Incarnation);
    }

    private static void WriteTime(Utf8JsonWriter json, DateTimeOffset? at)
    {
        if (at is { } time)
        {
            json.WriteString("at", time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture));
        }
    }

    private static void WriteJson(Utf8JsonWriter json, string name, byte[]? value)
    {
        if (value is not null)
        {
            json.WritePropertyName(name);
            json.WriteRawValue(value);
        }
    }
}
