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
        ["status"] = ("Any of these statuses.", Many(Words<ExecutionStatus>)),
        ["workflow"] = ("Any of these workflows; of the figures, this one.", Many(Text)),
        ["namespace"] = ("Any of these namespaces.", Many(Text)),
        ["cause"] = ("Any of these causes.", Many(Words<Cause>)),
        ["worker"] = ("Held by any of these workers.", Many(Text)),
        ["triggeredBy"] = ("Triggered by any of these.", Many(Text)),
        ["parent"] = ("Started by any of these executions.", Many(Text)),
        ["label"] = ("key=value, split at the first =; key:value where there is no =. All of them.", Many(Text, Query.LabelsMax)),
        ["hasLabel"] = ("A label's key. All of them.", Many(Text, Query.LabelsMax)),
        ["resolution"] = ("Any of these resolutions.", Many(Words<Resolution>)),
        ["late"] = ("true: with late events only.", () => new() { Type = JsonSchemaType.Boolean }),
        ["startedAfter"] = ("Started at this time or later.", Time),
        ["startedBefore"] = ("Started before this time.", Time),
        ["createdAfter"] = ("Created at this time or later.", Time),
        ["createdBefore"] = ("Created before this time.", Time),
        ["endedAfter"] = ("Ended at this time or later.", Time),
        ["endedBefore"] = ("Ended before this time.", Time),
        ["epochStatus"] = ("With an epoch that ended with any of these statuses, as figures count.", Many(Words<ExecutionStatus>)),
        ["epochCause"] = ("With an epoch that ended for any of these causes.", Many(Words<Cause>)),
        ["epochEndedAfter"] = ("With an epoch that ended at this time or later, by the tracker's time.", Time),
        ["epochEndedBefore"] = ("With an epoch that ended before this time, by the tracker's time.", Time),
        ["sort"] = ("By creation (the default), start, end or duration; newest or longest first.", Words<ListSort>),
        ["stepStatus:status"] = ("Any of these statuses.", Many(Words<StepStatus>)),
        ["parentStep:parent"] = ("Of this parent step.", Text),
        ["payloads"] = ("false leaves input and output out. Default true.", () => new() { Type = JsonSchemaType.Boolean, Default = JsonValue.Create(true) }),
        ["by"] = ("Of this caller.", Text),
        ["action"] = ("This action, such as cancel, delete or key.create.", Text),
        ["executionId"] = ("Of this execution.", Text),
        ["from"] = ("At this time or later.", Time),
        ["to"] = ("Before this time.", Time),
        ["minDurationMs"] = ("Ended, after at least so many milliseconds.", () => new() { Type = JsonSchemaType.Integer, Format = "int64", Minimum = "0" }),
        ["q"] = ("Of executions: how an id or a workflow begins. Of log lines: what the message holds, whatever its case. Taken literally.", Text),
        ["limit"] = ("The most items of a page.", () => new()
        {
            Type = JsonSchemaType.Integer,
            Format = "int32",
            Minimum = "1",
            Maximum = $"{Limits.Page}",
            Default = JsonValue.Create(Query.LimitDefault),
        }),
        ["cursor"] = ("nextCursor of the page before, with the same filters.", Text),
        ["level"] = ("The lowest level; words of other loggers are read as on events.", Words<Severity>),
        ["stepId"] = ("Of this step.", Text),
        ["order"] = ("asc: oldest first, the default; desc: newest first.", () => new() { Type = JsonSchemaType.String, Enum = [JsonValue.Create("asc"), JsonValue.Create("desc")] }),
        ["window"] = ("A whole number of s, m, h or d, from 1m to 366d. Default 24h.", () => new() { Type = JsonSchemaType.String, Pattern = "^[0-9]+[smhd]$" }),
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

    private static Func<OpenApiSchema> Many(Func<OpenApiSchema> one, int most = Query.ValuesMax) => () => new() { Type = JsonSchemaType.Array, MaxItems = most, Items = one() };
}
