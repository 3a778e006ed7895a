using System.Text.Json;
using ExecutionGrains.Silo.Parsing;

namespace ExecutionGrains.Silo.Endpoints;

/// <summary>One event of many executions.</summary>
/// <param name="ExecutionId">Null where none could be read.</param>
/// <param name="Fault">Why it can be handed to no execution.</param>
public sealed record BatchItem(string? ExecutionId, int? Epoch, ExecutionEvent Event, string? Fault)
{
    public static BatchItem Read(JsonElement json)
    {
        var read = EventReading.Read(json);
        if (json.ValueKind != JsonValueKind.Object)
        {
            return new BatchItem(null, null, read, "an event must be an object");
        }

        try
        {
            var fields = new Fields(json);
            var id = fields.Id("executionId", required: true);
            var epoch = (int?)fields.Whole("epoch", 1, int.MaxValue);
            return new BatchItem(id, epoch, read, fields.IsFine ? null : fields.Errors[0].ToString());
        }
        catch (InvalidOperationException)
        {
            return new BatchItem(null, null, read, "a property's name holds a lone surrogate");
        }
    }
}
