using System.Buffers;
using System.Text.Json;

namespace ExecutionGrains.Rules;

/// <summary>What a history row keeps beside its columns: enough to decide it again (<see cref="Replay"/>), never input, output, error or a log's message.</summary>
public static class RowFacts
{
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _buffer;

    [ThreadStatic]
    private static Utf8JsonWriter? _writer;

    /// <param name="namespace">Where the execution was made; null: it existed, and this filled what nobody had said.</param>
    /// <param name="facts">As they were said: a namespace that was only taken by default is not among them.</param>
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

    /// <summary>What an operator or the tracker did, and why.</summary>
    internal static byte[] Doing(string by, string? reason, Resolution? resolution = null) => Write(json =>
    {
        json.WriteString("by", by);
        json.WriteString("reason", reason);
        if (resolution is { } word)
        {
            json.WriteString("resolution", word.Word());
        }
    });

    /// <param name="failure">Why the full final record could not be stored; null: it could.</param>
    internal static byte[] Event(Command.Report report, string? failure)
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
            // Only of ends, which have no reason of their own.
            json.WriteString("reason", leftOut);
        }

        return End(json);
    }

    /// <summary>Who acted and why, as the row tells; null where it does not.</summary>
    public static (string? By, string? Reason) Told(Effect.History row)
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

    /// <summary>Opens the object, with this thread's writer.</summary>
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
