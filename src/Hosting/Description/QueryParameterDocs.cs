using System.Text.Json.Nodes;
using ExecutionGrains.Hosting.Parsing;
using ExecutionGrains.Rules;
using ExecutionGrains.Storage.Lists;
using Microsoft.OpenApi;

namespace ExecutionGrains.Hosting.Description;

/// <summary>The descriptions of all query parameters in the OpenAPI document.</summary>
internal static class QueryParameterDocs
{
    private static readonly Dictionary<string, (string Description, Func<OpenApiSchema> Schema)> All = new(StringComparer.Ordinal)
    {
        ["status"] = ("Executions in any of these statuses.", Many(Words<ExecutionStatus>)),
        ["workflow"] = ("Executions of any of these workflows. Statistics use only the last one.", Many(Text)),
        ["namespace"] = ("Executions in any of these namespaces.", Many(Text)),
        ["cause"] = ("Executions whose current epoch ended for any of these causes.", Many(Words<Cause>)),
        ["worker"] = ("Executions whose current or last worker is any of these.", Many(Text)),
        ["triggeredBy"] = ("Executions that were triggered by any of these users or systems.", Many(Text)),
        ["parent"] = ("Executions that were started by any of these parent executions (ids).", Many(Text)),
        ["label"] = ("Executions with all of these labels, each as `key=value`, or as `key:value` if it contains no `=`.", Many(Text, QueryBounds.LabelsMax)),
        ["hasLabel"] = ("Executions that have labels with all of these keys, whatever their values.", Many(Text, QueryBounds.LabelsMax)),
        ["resolution"] = ("Lost executions with any of these resolutions.", Many(Words<Resolution>)),
        ["late"] = ("`true`: only executions with late events. Default `false`.", () => new() { Type = JsonSchemaType.Boolean }),
        ["startedAfter"] = ("Executions that started at this time or later.", Time),
        ["startedBefore"] = ("Executions that started before this time.", Time),
        ["createdAfter"] = ("Executions that were created at this time or later.", Time),
        ["createdBefore"] = ("Executions that were created before this time.", Time),
        ["endedAfter"] = ("Executions that ended at this time or later.", Time),
        ["endedBefore"] = ("Executions that ended before this time.", Time),
        ["epochStatus"] = ("Executions with an epoch that ended in any of these statuses, as statistics count them.", Many(Words<ExecutionStatus>)),
        ["epochCause"] = ("Executions with an epoch that ended for any of these causes.", Many(Words<Cause>)),
        ["epochEndedAfter"] = ("Executions with an epoch that ended at this time or later, by the tracker's clock.", Time),
        ["epochEndedBefore"] = ("Executions with an epoch that ended before this time, by the tracker's clock.", Time),
        ["sort"] = ("The value to sort by, newest or longest first. Executions without this value are left out. Default `created`.", Words<ListSort>),
        ["stepStatus:status"] = ("Steps in any of these statuses.", Many(Words<StepStatus>)),
        ["parentStep:parent"] = ("Steps that are direct children of this step (id).", Text),
        ["payloads"] = ("Whether input and output are returned; if `false`, they are null. Default `true`.", () => new() { Type = JsonSchemaType.Boolean }),
        ["by"] = ("Actions of the caller with this name.", Text),
        ["action"] = ("Actions of this kind, for example `cancel`, `delete` or `key.create`.", Text),
        ["executionId"] = ("Actions on this execution.", Text),
        ["from"] = ("Actions at this time or later.", Time),
        ["to"] = ("Actions before this time.", Time),
        ["minDurationMs"] = ("Executions that have ended and took at least this many milliseconds.", () => new()
        {
            Type = JsonSchemaType.Integer,
            Format = "int64",
            Minimum = "0",
        }),
        ["q"] = (
            "Search text. For executions: the beginning of an id or a workflow. For log lines: a part of the message. Case-insensitive; no wildcards.",
            Text),
        ["limit"] = ("Maximum number of items on a page.", () => new()
        {
            Type = JsonSchemaType.Integer,
            Format = "int32",
            Minimum = "1",
            Maximum = $"{Limits.PageSizeMax}",
            Default = JsonValue.Create(QueryBounds.LimitDefault),
        }),
        ["cursor"] = ("The `nextCursor` of the previous page. The filters must be the same.", Text),
        ["level"] = ("The minimum level of the lines. Level names of other loggers are accepted as in events. Default `debug`: all lines.", Words<Severity>),
        ["stepId"] = ("Lines of this step (id).", Text),
        ["order"] = ("`asc`: oldest first, the default. `desc`: newest first.", () => new()
        {
            Type = JsonSchemaType.String,
            Enum = [JsonValue.Create("asc"), JsonValue.Create("desc")],
        }),
        ["window"] = ("Length of the time window until now: a whole number of `s`, `m`, `h` or `d`, from `1m` to `366d`. Default `24h`.", () => new()
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

    private static Func<OpenApiSchema> Many(Func<OpenApiSchema> one, int most = QueryBounds.ValuesMax) =>
        () => new() { Type = JsonSchemaType.Array, MaxItems = most, Items = one() };
}
