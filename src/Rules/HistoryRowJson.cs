using System.Buffers;
using System.Text.Json;

namespace ExecutionGrains.Rules;

/// <summary>
/// Writes the JSON that a history row holds in addition to its columns. It is enough for <see cref="Replay"/> to decide the row again. It never holds input,
/// output, error or the message of a log line.
/// </summary>
public static class HistoryRowJson
{
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _buffer;

    [ThreadStatic]
    private static Utf8JsonWriter? _writer;

    /// <param name="by">The caller's name.</param>
    /// <param name="namespace">The namespace of the created execution. Null if the execution existed and this call only filled empty facts.</param>
    /// <param name="facts">The facts of the call, without a namespace that is only the caller's default.</param>
    internal static byte[] Created(string by, string? @namespace, ExecutionFacts facts) => Write(json =>
    {
        json.WriteString("by", by);
        if (@namespace is not null)
        {
            json.WriteString("namespace", @namespace);
        }

        json.WriteStartObject("facts");
        CanonicalForm.Facts(json, facts);
        json.WriteEndObject();
    });

    internal static byte[] Worker(Worker worker, string by) => Write(json =>
    {
        json.WriteString("by", by);
        json.WriteString("workerId", worker.WorkerId);
        json.WriteString("incarnation", worker.Incarnation);
    });

    /// <summary>The facts of an action of an operator or of the tracker.</summary>
    internal static byte[] Action(string by, string? reason, Resolution? resolution = null) => Write(json =>
    {
        json.WriteString("by", by);
        json.WriteString("reason", reason);
        if (resolution is { } word)
        {
            json.WriteString("resolution", word.Word());
        }
    });

    /// <param name="report">The report of the event.</param>
    /// <param name="failure">Why the store refused the full record of an end. Null if it did not.</param>
    internal static byte[] Event(Command.ApplyEvent report, string? failure)
    {
        var json = Begin();
        CanonicalForm.Fields(report.Event, json, payloads: false);
        if (report.Trace)
        {
            json.WriteBoolean("trace", true);
        }

        if (failure is not null)
        {
            json.WriteString("completionFailure", failure);
        }

        if (report.Event.LeftOut is { } leftOut)
        {
            // Only ends leave out a field, and they have no reason of their own.
            json.WriteString("reason", leftOut);
        }

        return End(json);
    }

    /// <summary>The caller and the reason that the row holds. Each is null if the row does not hold it.</summary>
    public static (string? By, string? Reason) CallerAndReason(Effect.History row)
    {
        if (row.Facts is null)
        {
            return (null, null);
        }

        using var document = JsonDocument.Parse(row.Facts);
        return (Text("by"), Text("reason"));

        string? Text(string name) => document.RootElement.TryGetProperty(name, out var value) ? value.GetString() : null;
    }

    private static byte[] Write(Action<Utf8JsonWriter> fields)
    {
        var json = Begin();
        fields(json);
        return End(json);
    }

    /// <summary>Starts the object, with the writer of this thread.</summary>
    private static Utf8JsonWriter Begin()
    {
        var buffer = _buffer ??= new ArrayBufferWriter<byte>(1024);
        buffer.ResetWrittenCount();
        var json = _writer ??= new Utf8JsonWriter(buffer, CanonicalForm.Options);
        json.Reset();
        json.WriteStartObject();
        return json;
    }

    private static byte[] End(Utf8JsonWriter json)
    {
        json.WriteEndObject();
        json.Flush();
        return _buffer!.WrittenSpan.ToArray();
    }
}
