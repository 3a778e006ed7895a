using System.Text.Json;
using ExecutionGrains.Rules;
using ExecutionGrains.Silo.Parsing;

namespace ExecutionGrains.Silo.Endpoints;

/// <summary>One event of many executions.</summary>
/// <param name="ExecutionId">Null where none could be read.</param>
/// <param name="Fault">Why it can be handed to no execution; null where it can.</param>
public sealed record BatchItem(string? ExecutionId, int? Epoch, ExecutionEvent Event, FieldFault? Fault)
{
    /// <summary>An entry that is no JSON which can be read.</summary>
    public static BatchItem Malformed(string what)
    {
        var @event = EventReading.Unreadable(Code.MalformedLine, what);
        return new BatchItem(null, null, @event, new FieldFault("", what, Code.MalformedLine));
    }

    public static BatchItem Read(JsonElement json)
    {
        var read = EventReading.Read(json);
        if (json.ValueKind != JsonValueKind.Object)
        {
            return Refused("an event must be an object");
        }

        try
        {
            var fields = new Fields(json);
            var id = fields.Id("executionId", required: true);
            var epoch = (int?)fields.Whole("epoch", Bounds.Epochs);
            return new BatchItem(id, epoch, read, fields.IsFine ? null : fields.Faults[0]);
        }
        catch (InvalidOperationException)
        {
            return Refused("a property's name holds a lone surrogate");
        }

        BatchItem Refused(string message) => Malformed(message);
    }
}
