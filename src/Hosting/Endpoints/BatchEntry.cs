using System.Text.Json;
using ExecutionGrains.Hosting.Parsing;
using ExecutionGrains.Rules;

namespace ExecutionGrains.Hosting.Endpoints;

/// <summary>One entry of <c>POST /v1/events</c>: an event and the execution that it belongs to.</summary>
/// <param name="ExecutionId">Null: missing or not valid.</param>
/// <param name="Epoch">Null: the default.</param>
/// <param name="Fault">Why the event cannot be passed to an execution; null: it can.</param>
public sealed record BatchEntry(string? ExecutionId, int? Epoch, ExecutionEvent Event, FieldError? Fault)
{
    /// <summary>An entry that cannot be read as an event. Its result is <c>malformed_line</c>.</summary>
    /// <param name="what">What is wrong, for the result's message.</param>
    public static BatchEntry Malformed(string what)
    {
        var @event = EventReader.Unreadable(Code.MalformedLine, what);
        return new BatchEntry(null, null, @event, new FieldError("", what, Code.MalformedLine));
    }

    public static BatchEntry Read(JsonElement json)
    {
        var read = EventReader.Read(json);
        if (json.ValueKind != JsonValueKind.Object)
        {
            return Refused("an event must be an object");
        }

        try
        {
            var fields = new JsonFields(json);
            var id = fields.Id("executionId", required: true);
            var epoch = (int?)fields.Whole("epoch", FieldValidation.Epochs);
            return new BatchEntry(id, epoch, read, fields.IsFine ? null : fields.Faults[0]);
        }
        catch (InvalidOperationException)
        {
            return Refused("a property's name holds a lone surrogate");
        }

        BatchEntry Refused(string message) => Malformed(message);
    }
}
