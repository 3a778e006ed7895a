using System.Text.Json.Nodes;
using ExecutionGrains.Rules;
using ExecutionGrains.Storage;
using Microsoft.OpenApi;

namespace ExecutionGrains.Silo.Http;

/// <summary>Every query parameter as the OpenAPI document describes it.</summary>
internal static class QueryParameters
{
    private static readonly Dictionary<string, (string Description, Func<OpenApiSchema> Schema)> All = new(StringComparer.Ordinal)
    {
        ["status"] = ("Executions in any of these statuses.", Many(Words<ExecutionStatus>)),
        ["workflow"] = ("Executions of any of these workflows; for figures, of this one.", Many(Text)),
        ["namespace"] = ("Executions in any of these namespaces.", Many(Text)),
        ["cause"] = ("Executions whose current epoch ended for any of these causes.", Many(Words<Cause>)),
        ["worker"] = ("Executions that any of these workers holds or held last.", Many(Text)),
        ["triggeredBy"] = ("Executions that any of these triggered.", Many(Text)),
        ["parent"] = ("Executions that any of these executions started.", Many(Text)),
        ["label"] = ("Executions with all of these labels: `key=value`, split at the first `=`; or `key:value` without any `=`.", Many(Text, Query.LabelsMax)),
        ["hasLabel"] = ("Executions with labels of all these keys.", Many(Text, Query.LabelsMax)),
        ["resolution"] = ("Lost executions with any of these resolutions.", Many(Words<Resolution>)),
        ["late"] = ("`true`: only executions with late events. Default `false`.", () => new() { Type = JsonSchemaType.Boolean }),
        ["startedAfter"] = ("Executions that started at this time or later.", Time),
        ["startedBefore"] = ("Executions that started before this time.", Time),
        ["createdAfter"] = ("Executions that were created at this time or later.", Time),
        ["createdBefore"] = ("Executions that were created before this time.", Time),
        ["endedAfter"] = ("Executions that ended at this time or later.", Time),
        ["endedBefore"] = ("Executions that ended before this time.", Time),
        ["epochStatus"] = ("Executions with an epoch that ended in any of these statuses, as figures count them.", Many(Words<ExecutionStatus>)),
        ["epochCause"] = ("Executions with an epoch that ended for any of these causes.", Many(Words<Cause>)),
        ["epochEndedAfter"] = ("Executions with an epoch that ended at this time or later, in the tracker's time.", Time),
        ["epochEndedBefore"] = ("Executions with an epoch that ended before this time, in the tracker's time.", Time),
        ["sort"] = ("What to sort by: newest or longest first. Executions without that value are left out. Default `created`.", Words<ListSort>),
        ["stepStatus:status"] = ("Steps in any of these statuses.", Many(Words<StepStatus>)),
        ["parentStep:parent"] = ("Steps within this step.", Text),
        ["payloads"] = ("`false`: input and output are null. Default `true`.", () => new() { Type = JsonSchemaType.Boolean }),
        ["by"] = ("Actions of this caller.", Text),
        ["action"] = ("Actions of this kind, for example `cancel`, `delete` or `key.create`.", Text),
        ["executionId"] = ("Actions on this execution.", Text),
        ["from"] = ("Actions at this time or later.", Time),
        ["to"] = ("Actions before this time.", Time),
        ["minDurationMs"] = ("Executions that ended after at least so many milliseconds.", () => new()
        {
            Type = JsonSchemaType.Integer,
            Format = "int64",
            Minimum = "0",
        }),
        ["q"] = (
            "For executions: the beginning of an id or a workflow. For log lines: a part of the message. Case does not count, and no character is special.",
            Text),
        ["limit"] = ("The most items of a page.", () => new()
        {
            Type = JsonSchemaType.Integer,
            Format = "int32",
            Minimum = "1",
            Maximum = $"{Limits.Page}",
            Default = JsonValue.Create(Query.LimitDefault),
        }),
        ["cursor"] = ("`nextCursor` of the page before, with the same filters.", Text),
        ["level"] = ("The lowest level of the lines. Words of other loggers are read as in events. Default `debug`: all lines.", Words<Severity>),
        ["stepId"] = ("Lines of this step.", Text),
        ["order"] = ("`asc`: oldest first, the default. `desc`: newest first.", () => new()
        {
            Type = JsonSchemaType.String,
            Enum = [JsonValue.Create("asc"), JsonValue.Create("desc")],
        }),
        ["window"] = ("How far back to count: a whole number of `s`, `m`, `h` or `d`, from `1m` to `366d`. Default `24h`.", () => new()
        {
            Type = JsonSchemaType.String,
            Pattern = "^[0-9]+[smhd]$",
        }),
    };

    public static OpenApiParameter Of(string name) => new()
    {
        Name = name[(name.IndexOf(':', StringComparison.Ordinal) + 1)..],
        In = ParameterLocation.Query,
        Description = All[name].Description,
        Schema = All[name].Schema(),
    };

    private static OpenApiSchema Text() => new() { Type = JsonSchemaType.String };

    private static OpenApiSchema Time() => new() { Type = JsonSchemaType.String, Format = "date-time" };

    private static OpenApiSchema Words<T>() where T : struct, Enum =>
        new() { Type = JsonSchemaType.String, Enum = [.. Enum.GetValues<T>().Select(v => (JsonNode)v.Word())] };

    private static Func<OpenApiSchema> Many(Func<OpenApiSchema> one, int most = Query.ValuesMax) =>
        () => new() { Type = JsonSchemaType.Array, MaxItems = most, Items = one() };
}
