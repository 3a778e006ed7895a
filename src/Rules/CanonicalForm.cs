using System.Buffers;
using System.Text.Json;

namespace ExecutionGrains.Rules;

/// <summary>
/// The canonical JSON of a typed event. With payloads it is the input of the event's hash; without payloads it is stored in the history. The field order is
/// fixed and unset fields are left out. Payload objects are written with sorted names (as in RFC 8785) and without insignificant space; their numbers stay as
/// they were written. The event id, the epoch and a defaulted time are not included.
/// </summary>
public static class CanonicalForm
{
    internal static readonly JsonWriterOptions Options = new()
    {
        SkipValidation = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping
    };

    [ThreadStatic]
    private static Utf8JsonWriter? _writer;

    /// <summary>Writes the event. Without payloads, input, output, error and log message are left out.</summary>
    public static void Write(ExecutionEvent @event, IBufferWriter<byte> buffer, bool payloads)
    {
        var json = _writer ??= new Utf8JsonWriter(buffer, Options);
        json.Reset(buffer);
        json.WriteStartObject();
        Fields(@event, json, payloads);
        json.WriteEndObject();
        json.Flush();
    }

    /// <summary>Writes the fields of <see cref="Write"/> into an object that the caller has started.</summary>
    public static void Fields(ExecutionEvent @event, Utf8JsonWriter json, bool payloads)
    {
        json.WriteString("type", @event.Type);
        if (@event.At is { } at)
        {
            json.WriteNumber("at", (at.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond);
        }

        WriteFields(@event, json, payloads);
        if (@event is not ExecutionEvent.ExecutionStarted and not ExecutionEvent.ExecutionCompleted)
        {
            json.WriteText("workflow", @event.Workflow);
            json.WriteText("namespace", @event.Namespace);
        }
    }

    private static void WriteFields(ExecutionEvent @event, Utf8JsonWriter json, bool payloads)
    {
        switch (@event)
        {
            case ExecutionEvent.ExecutionStarted e:
                json.WriteText("workerId", e.Worker?.WorkerId);
                json.WriteText("incarnation", e.Worker?.Incarnation);
                Facts(json, e.Facts);
                break;
            case ExecutionEvent.ExecutionPaused e:
                json.WriteText("reason", e.Reason);
                break;
            case ExecutionEvent.ExecutionResumed e:
                json.WriteText("reason", e.Reason);
                break;
            case ExecutionEvent.ExecutionCompleted e:
                json.WriteString("outcome", e.Outcome.Word());
                Json(json, "output", e.Output, payloads);
                Json(json, "error", e.Error, payloads);
                Number(json, "cost", e.Cost);
                Number(json, "traceSpanCount", e.TraceSpanCount);
                json.WriteText("workerId", e.WorkerId);
                Facts(json, e.Facts);
                break;
            case ExecutionEvent.StepStarted e:
                Step(json, e.StepId, e.Block, e.BlockType, e.ParentStepId);
                Json(json, "input", e.Input, payloads);
                break;
            case ExecutionEvent.StepCompleted e:
                Step(json, e.StepId, e.Block, e.BlockType, e.ParentStepId);
                json.WriteString("outcome", e.Outcome.Word());
                Json(json, "input", e.Input, payloads);
                Json(json, "output", e.Output, payloads);
                Json(json, "error", e.Error, payloads);
                Number(json, "cost", e.Cost);
                Number(json, "memoryBytes", e.MemoryBytes);
                break;
            case ExecutionEvent.Log e:
                json.WriteString("level", e.Level.Word());
                json.WriteText("source", e.Source);
                json.WriteText("stepId", e.StepId);
                json.WriteText("message", payloads ? e.Message : null);
                break;
        }
    }

    /// <summary>Writes the fields that are set.</summary>
    public static void Facts(Utf8JsonWriter json, ExecutionFacts facts)
    {
        json.WriteText("workflow", facts.Workflow);
        json.WriteText("namespace", facts.Namespace);
        json.WriteText("triggerType", facts.TriggerType);
        json.WriteText("triggeredBy", facts.TriggeredBy);
        json.WriteTexts("labels", facts.Labels?.OrderBy(l => l.Key, StringComparer.Ordinal));
        json.WriteText("configVersion", facts.ConfigVersion);
        json.WriteText("parentExecutionId", facts.ParentExecutionId);
        json.WriteFlag("explicitTrace", facts.ExplicitTrace);
        json.WriteText("traceparent", facts.Traceparent);
        Number(json, "heartbeatTimeoutSeconds", facts.HeartbeatTimeoutSeconds);
        Number(json, "timeoutSeconds", facts.TimeoutSeconds);
        json.WriteFlag("idempotent", facts.Idempotent);
        Number(json, "maxAttempts", facts.MaxAttempts);
    }

    private static void Step(Utf8JsonWriter json, string stepId, string? block, string? blockType, string? parentStepId)
    {
        json.WriteString("stepId", stepId);
        json.WriteText("block", block);
        json.WriteText("blockType", blockType);
        json.WriteText("parentStepId", parentStepId);
    }

    /// <summary>Writes 1.20 as 1.2, so that equal numbers have equal hashes. The division by one with many decimal places removes trailing zeros.</summary>
    private static void Number(Utf8JsonWriter json, string name, decimal? value) =>
        json.WriteNumber(name, value is { Scale: > 0 } ? value / 1.0000000000000000000000000000m : value);

    private static void Json(Utf8JsonWriter json, string name, byte[]? value, bool payloads)
    {
        if (value is not null && payloads)
        {
            json.WritePropertyName(name);
            json.WriteRawValue(Sorted(value) ?? value, skipInputValidation: true);
        }
    }

    /// <summary>
    /// The value with sorted names. Null if it cannot be parsed or holds an escaped lone surrogate, which JSON allows and Unicode does not: the caller then
    /// uses the value as written.
    /// </summary>
    private static byte[]? Sorted(byte[] value)
    {
        try
        {
            using var document = JsonDocument.Parse(value, new JsonDocumentOptions { MaxDepth = Limits.JsonDepthMax });
            var buffer = new ArrayBufferWriter<byte>(value.Length + 16);
            using var json = new Utf8JsonWriter(buffer, Options);
            Sorted(json, document.RootElement);
            json.Flush();
            return buffer.WrittenSpan.ToArray();
        }
        catch (Exception e) when (e is InvalidOperationException or JsonException)
        {
            return null;
        }
    }

    private static void Sorted(Utf8JsonWriter json, JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                json.WriteStartObject();
                foreach (var property in element.EnumerateObject().OrderBy(p => p.Name, StringComparer.Ordinal))
                {
                    json.WritePropertyName(property.Name);
                    Sorted(json, property.Value);
                }

                json.WriteEndObject();
                break;
            case JsonValueKind.Array:
                json.WriteStartArray();
                foreach (var item in element.EnumerateArray())
                {
                    Sorted(json, item);
                }

                json.WriteEndArray();
                break;
            default:
                element.WriteTo(json);
                break;
        }
    }
}
